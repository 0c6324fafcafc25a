package io.bifocal.infra.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Rows in aligned columns, numbers to the right. */
record Table(List<String> header, List<List<String>> rows) {
    /** What is no value, where an empty text may be one. */
    static final String NULL = "null";

    private static final Pattern NUMBER = Pattern.compile("~?-?\\d[\\d.,eE+-]*( .*)?");
    private static final String GAP = "  ";

    void print(PrintWriter out) {
        List<Integer> widths = new ArrayList<>();
        List<Boolean> right = new ArrayList<>();
        for (int column = 0; column < header.size(); column++) {
            widths.add(width(column));
            right.add(numeric(column));
        }
        out.println(line(header, widths, right));
        out.println(line(widths.stream().map("-"::repeat).toList(), widths, right));
        rows.forEach(row -> out.println(line(row, widths, right)));
    }

    private int width(int column) {
        return rows.stream().mapToInt(row -> length(row.get(column))).reduce(length(header.get(column)), Math::max);
    }

    private boolean numeric(int column) {
        List<String> filled = rows.stream()
                .map(row -> row.get(column))
                .filter(cell -> !cell.isEmpty() && !cell.equals(NULL))
                .toList();
        return !filled.isEmpty()
                && filled.stream().allMatch(cell -> NUMBER.matcher(cell).matches() && !isTime(cell));
    }

    private static boolean isTime(String cell) {
        return cell.length() > 10 && cell.charAt(4) == '-' && cell.charAt(10) == 'T';
    }

    private static String line(List<String> cells, List<Integer> widths, List<Boolean> right) {
        StringBuilder line = new StringBuilder();
        for (int column = 0; column < cells.size(); column++) {
            String cell = cells.get(column);
            String padding = " ".repeat(widths.get(column) - length(cell));
            line.append(column == 0 ? "" : GAP).append(right.get(column) ? padding + cell : cell + padding);
        }
        return line.toString().stripTrailing();
    }

    private static int length(String cell) {
        return cell.codePointCount(0, cell.length());
    }
}
