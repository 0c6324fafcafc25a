package io.bifocal.simulator;

/**
 * The rules of the cut, in the order of docs/VIEWS.md, each of which can be switched off to show that the simulator would
 * notice. Two are not among them, for the numbers of these histories are right without them: a boundary that is not pinned is
 * folded away, and the job begins again (8); and a generation that was built from one that is no longer in force is as exact,
 * as long as nothing was erased and no definition changed (8).
 */
enum Rule {
    /** 1. Only positions decide what counts. Without: the speed job drops what its watermark calls late. */
    POSITIONS_DECIDE,
    /** 2. Of a live part, only committed micro-batches exist. Without: readers take all of its rows. */
    COMMITTED_BATCHES_EXIST,
    /** 2. Rows that two tasks of a micro-batch write under the same key are two. Without: one overwrites the other. */
    WRITER_IN_KEY,
    /** 3. A part covers what lies between its ends. Without: one that came late is put wherever the chain ends by now. */
    PARTS_MEET,
    /** 4. The manifest changes by compare-and-set. Without: it is overwritten. */
    COMPARE_AND_SET,
    /** 4. A timeout is resolved by reading. Without: it is taken for a failure. */
    DOUBT_IS_RESOLVED,
    /** 5. Rows come before the manifest that names them. Without: after it. */
    ROWS_FIRST,
    /** 6. A query reads the manifest that is in force. Without: one that some query before it has read. */
    MANIFEST_OF_NOW,
    /** 6. A query has a deadline. Without: it goes on, whatever has been deleted since. */
    DEADLINE,
    /** 7. Every start of the speed job is a new run. Without: it goes on as the one before. */
    NEW_RUN,
    /** 8. A generation is cut at or below what its archive covers. Without: at the chain's end. */
    CUT_WITHIN_ARCHIVE,
    /** 9. Every day that new records touch is recomputed. Without: days of late events are carried over. */
    TOUCHED_DAYS,
    /** 9. Duplicates are removed by recomputing. Without: they are counted again. */
    DUPLICATES_REMOVED,
    /** 10. All parts of a manifest have one definition. Without: a run of another one is appended to the chain in force. */
    ONE_DEFINITION,
    /** 10. A candidate takes over when all of its days are written. Without: when its chain has caught up. */
    WHOLE_HISTORY,
    /** 10. A candidate takes over when its chain covers all that the one in force does. Without: when its days are written. */
    CANDIDATE_CATCHES_UP,
    /** 10. A manifest is read with its own definition. Without: with the one that is wanted. */
    DEFINITION_OF_THE_MANIFEST,
    /** 11. A part of the archive covers the range that it stands for. Without: what the archive does not hold yet is left out. */
    BRIDGE_IS_WHOLE,
    /** 11. What nobody has is named. Without: whoever reads goes on behind it. */
    HOLES_ARE_NAMED,
    /** 12. What was named within the grace is kept. Without: it is deleted at once. */
    GRACE,
    /** 12. Only what was condemned is deleted. Without: what nobody names yet. */
    CONDEMNING,
    /** 12. Days that later generations carry over are kept. Without: they go with their part. */
    CARRIED_DAYS,
    /** 13. A rollback is bridged from the archive. Without: what arrived since the earlier generation is gone. */
    ROLLBACK_IS_BRIDGED,
    /** 14. Erasure waits until all that had arrived is archived. Without: it takes what it finds. */
    ERASURE_WAITS,
    /** 14. After an erasure all history is recomputed. Without: days that nothing touched are carried over. */
    ERASURE_RECOMPUTES_ALL,
    /** 14. An erasure leaves no earlier generation, and no candidate. Without: they can come back in force. */
    ERASURE_LEAVES_NOTHING,
    /** 15. Days that a generation leaves out are not read of its chain either. Without: what is late brings them back. */
    DAYS_STAY_OUT,
    /** 15. A generation begins no earlier than the one it was built from. Without: as early as the model wants. */
    DAYS_DO_NOT_COME_BACK,
    /** A token's answer is given again or refused. Without: it is given from what is left. */
    TOKEN_IS_REFUSED,
    /** Every record is counted in the ledger, also a quarantined one. Without: it is dropped in silence. */
    CONSERVATION
}
