package io.bifocal.core.aggregate;

/** A sum of doubles that carries along what rounding took off (Neumaier), so that order hardly matters. */
final class CompensatedSum {
    private double sum;
    private double lost;

    void add(double value) {
        double next = sum + value;
        lost += Math.abs(sum) >= Math.abs(value) ? (sum - next) + value : (value - next) + sum;
        sum = next;
    }

    void add(CompensatedSum other) {
        add(other.sum);
        lost += other.lost;
    }

    /** What was lost is undefined beside an infinity. */
    double value() {
        return Double.isFinite(sum) ? sum + lost : sum;
    }

    void encode(StateWriter out) {
        out.writeDouble(sum).writeDouble(lost);
    }

    static CompensatedSum decode(StateReader in) {
        CompensatedSum decoded = new CompensatedSum();
        decoded.sum = in.readDouble();
        decoded.lost = in.readDouble();
        return decoded;
    }
}
