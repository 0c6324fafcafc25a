package io.bifocal.infra.up;

import java.util.ArrayList;
import java.util.List;

/** What differs between two texts, line by line. */
public final class TextDiff {
    private static final int CONTEXT = 1;

    private TextDiff() {}

    /**
     * The lines that differ, {@code - } before those that go, {@code + } before those that come, each with a line of context;
     * {@code ...} where equal lines are left out. Empty for equal texts.
     */
    public static List<String> lines(String before, String after) {
        List<String> all = edits(before.lines().toList(), after.lines().toList());
        List<String> shown = new ArrayList<>();
        boolean skipped = false;
        for (int i = 0; i < all.size(); i++) {
            if (nearChange(all, i)) {
                shown.add(all.get(i));
                skipped = false;
            } else if (!skipped) {
                shown.add("...");
                skipped = true;
            }
        }
        return shown.equals(List.of("...")) ? List.of() : shown;
    }

    private static boolean nearChange(List<String> lines, int at) {
        for (int i = Math.max(0, at - CONTEXT); i <= Math.min(lines.size() - 1, at + CONTEXT); i++) {
            if (!lines.get(i).startsWith("  ")) {
                return true;
            }
        }
        return false;
    }

    /** Every line of both, along a longest common subsequence. */
    private static List<String> edits(List<String> before, List<String> after) {
        int[][] common = common(before, after);
        List<String> lines = new ArrayList<>();
        int i = 0;
        int j = 0;
        while (i < before.size() || j < after.size()) {
            if (i < before.size() && j < after.size() && before.get(i).equals(after.get(j))) {
                lines.add("  " + before.get(i++));
                j++;
            } else if (j == after.size() || (i < before.size() && common[i + 1][j] >= common[i][j + 1])) {
                lines.add("- " + before.get(i++));
            } else {
                lines.add("+ " + after.get(j++));
            }
        }
        return lines;
    }

    /** {@code [i][j]}: how many lines the texts have in common from line i and line j on. */
    private static int[][] common(List<String> before, List<String> after) {
        int[][] common = new int[before.size() + 1][after.size() + 1];
        for (int i = before.size() - 1; i >= 0; i--) {
            for (int j = after.size() - 1; j >= 0; j--) {
                common[i][j] = before.get(i).equals(after.get(j))
                        ? common[i + 1][j + 1] + 1
                        : Math.max(common[i + 1][j], common[i][j + 1]);
            }
        }
        return common;
    }
}
