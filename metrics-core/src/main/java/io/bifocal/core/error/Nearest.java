package io.bifocal.core.error;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Which of the known names somebody probably meant. */
public final class Nearest {
    private static final int MOST = 3;
    private static final int MOST_LISTED = 40;
    private static final int SHORT_NAME = 3;

    private Nearest() {}

    /** At most three known names, the nearest first, with none that is much farther than it; empty where none is near. */
    public static List<String> of(String name, Collection<String> known) {
        record Candidate(String name, int distance) {}
        int limit = name.length() <= SHORT_NAME ? 1 : Math.max(2, name.length() / 3);
        List<Candidate> near = known.stream()
                .distinct()
                .map(each -> new Candidate(each, distance(name, each)))
                .filter(each -> each.distance() <= limit)
                .sorted(Comparator.comparingInt(Candidate::distance).thenComparing(Candidate::name))
                .toList();
        return near.stream()
                .filter(each -> each.distance() <= near.get(0).distance() + 1)
                .limit(MOST)
                .map(Candidate::name)
                .toList();
    }

    /** "Did you mean a or b?", or all the known names where none is near. */
    public static String remedy(String name, Collection<String> known) {
        List<String> near = of(name, known);
        if (!near.isEmpty()) {
            return "Did you mean " + String.join(" or ", near) + "?";
        }
        return known.isEmpty() ? "There are none yet." : "Known are " + listed(known) + ".";
    }

    /** "Use one of a, b.", for what is missing. */
    public static String oneOf(Collection<String> known) {
        return "Use one of " + listed(known) + ".";
    }

    private static String listed(Collection<String> known) {
        String more = known.size() > MOST_LISTED ? " and " + (known.size() - MOST_LISTED) + " more" : "";
        return String.join(", ", known.stream().limit(MOST_LISTED).toList()) + more;
    }

    /** Edits that turn one name into the other, letters of either case being equal; one for a beginning or an end. */
    private static int distance(String name, String other) {
        String left = name.toLowerCase(Locale.ROOT);
        String right = other.toLowerCase(Locale.ROOT);
        if (left.length() >= SHORT_NAME && (right.startsWith(left) || right.endsWith(left))) {
            return left.length() < right.length() ? 1 : 0;
        }
        int[][] edits = new int[left.length() + 1][right.length() + 1];
        for (int i = 0; i <= left.length(); i++) {
            for (int j = 0; j <= right.length(); j++) {
                edits[i][j] = edits(left, right, i, j, edits);
            }
        }
        return edits[left.length()][right.length()];
    }

    /** Insertions, deletions, replacements and swaps of neighbours, for the first i and j letters. */
    private static int edits(String left, String right, int i, int j, int[][] edits) {
        if (i == 0 || j == 0) {
            return i + j;
        }
        int replaced = edits[i - 1][j - 1] + (left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1);
        int best = Math.min(replaced, Math.min(edits[i - 1][j], edits[i][j - 1]) + 1);
        boolean swapped = i > 1
                && j > 1
                && left.charAt(i - 1) == right.charAt(j - 2)
                && left.charAt(i - 2) == right.charAt(j - 1);
        return swapped ? Math.min(best, edits[i - 2][j - 2] + 1) : best;
    }
}
