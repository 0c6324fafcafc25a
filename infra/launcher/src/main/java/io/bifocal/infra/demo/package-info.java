/** The sample stream of {@code ./bifocal demo}. */
package io.bifocal.infra.demo;
