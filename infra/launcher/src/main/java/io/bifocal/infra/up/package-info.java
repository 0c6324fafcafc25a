/** Starts, watches and stops the platform's processes on one machine, and keeps what others need to know about them. */
package io.bifocal.infra.up;
