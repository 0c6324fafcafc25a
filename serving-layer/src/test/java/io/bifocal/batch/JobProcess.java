package io.bifocal.batch;

/** Stands where the batch layer's is, for tests of what starts it: it dies of every job, of slow ones never. */
public final class JobProcess {
    private JobProcess() {}

    public static void main(String[] arguments) throws InterruptedException {
        System.out.println("no such job here: " + arguments[0]);
        if (arguments[0].startsWith("slow")) {
            Thread.currentThread().join();
        }
        System.exit(3);
    }
}
