package io.bifocal.batch;

/** Stands where the batch layer's is, for tests of what starts it: it dies of every job. */
public final class JobProcess {
    private JobProcess() {}

    public static void main(String[] arguments) {
        System.out.println("no such job here: " + arguments[0]);
        System.exit(3);
    }
}
