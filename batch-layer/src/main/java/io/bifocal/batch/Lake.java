package io.bifocal.batch;

import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/** One model's Delta tables: its archive, and a gold table for each rollup. */
record Lake(SparkSession spark, String archiveUri, String model) {
    ArchiveTable archive() {
        return new ArchiveTable(spark, archiveUri, model);
    }

    String goldUri(String rollup) {
        return new Path(archiveUri, model + "/gold/" + rollup).toString();
    }

    /** The table of every number that a publication moved. */
    String restatementsUri() {
        return new Path(archiveUri, model + "/restatements").toString();
    }

    int shufflePartitions() {
        return Integer.parseInt(spark.conf().get("spark.sql.shuffle.partitions"));
    }
}
