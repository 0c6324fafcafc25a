/** Publishes events from files to Kafka, and knows when they have arrived. */
package io.bifocal.infra.ingest;
