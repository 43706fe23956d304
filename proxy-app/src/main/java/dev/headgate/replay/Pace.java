package dev.headgate.replay;

/** When each exchange begins. Immutable. */
public final class Pace {
    /** Each as soon as it may. */
    public static final Pace FAST = new Pace(0, 0);

    private final double speed;
    private final double rate;

    private Pace(double speed, double rate) {
        this.speed = speed;
        this.rate = rate;
    }

    /**
     * As they were recorded.
     *
     * @param factor by how much faster; more than 0, 1 for as it was
     */
    public static Pace recorded(double factor) {
        return new Pace(factor, 0);
    }

    /**
     * At even distances.
     *
     * @param perSecond more than 0
     */
    public static Pace rate(double perSecond) {
        return new Pace(0, perSecond);
    }

    /**
     * When an exchange begins, in nanoseconds from the beginning.
     *
     * @param count of exchanges that began before
     * @param micros when it was recorded, from the first one; may be negative
     */
    long dueNanos(long count, long micros) {
        if (rate > 0) {
            return (long) (count * 1e9 / rate);
        }
        return speed > 0 ? (long) (Math.max(0, micros) * 1e3 / speed) : 0;
    }
}
