package io.bifocal.simulator;

/** What may happen in a history, beside what always does: a shrunk history does without some of it. */
enum Happening {
    RECOMPUTE(4),
    RECOMPUTE_IN_FULL(2),
    ROLLBACK(2),
    BRIDGE(1),
    /** Another version of the model is wanted: its history is computed beside the one in force, and mostly takes over. */
    CHANGE_DEFINITION(3),
    /** Records that hold a value are erased, and never counted again. */
    ERASE(1),
    QUERY(12),
    LEDGER_QUERY(2),
    /** The speed job is started once more; the one before is killed, or goes on as a zombie. */
    SPEED_RESTART(1),
    ARCHIVER_RESTART(1),
    /** Somebody does nothing for a while, and then goes on as if nothing were. */
    NAP(1),
    LONG_NAP(2),
    KILL(1),
    NEW_PARTITION(1),
    /** Kafka deletes what is old: mostly what is archived, sometimes what nobody has. */
    RETENTION(2),
    /** The model keeps other days than before: mostly fewer, for time goes on. */
    AGE(1),
    /** The topic is deleted and made again. */
    NEW_TOPIC(1),
    /** A request to change the manifest times out: it took effect, or does so later, or never. */
    DOUBT(0);

    private final int weight;

    Happening(int weight) {
        this.weight = weight;
    }

    /** How many steps of so many begin with it; 0 where it happens by itself. */
    int weight() {
        return weight;
    }
}
