/** The command line: one class a command, thin over HTTP, the supervisor and the publisher. */
package io.bifocal.infra.cli;
