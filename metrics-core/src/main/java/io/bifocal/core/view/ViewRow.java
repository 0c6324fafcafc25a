package io.bifocal.core.view;

/**
 * One stored row: the states of all aggregates of a view, for one bucket and one combination of dimensions. See
 * docs/VIEWS.md for the bytes.
 *
 * @param view name of the {@link View}
 * @param day under which it is stored ({@link View#dayOf})
 * @param shard 0 to the view's shards - 1, by the key's bytes
 * @param bucket its start, in epoch seconds
 * @param key the dimensions' values, as {@link RowCodec} writes them
 * @param batch number of the micro-batch in its live part, from 1; 0 in all other parts
 * @param writer which task of the micro-batch wrote it; two tasks may hold the same key; in other parts which piece of a row
 *     that was too large for one it is, mostly 0
 * @param states as {@link RowCodec} writes them
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody, copied by nobody: it is a row on its way
public record ViewRow(String view, int day, int shard, long bucket, byte[] key, int batch, int writer, byte[] states) {}
