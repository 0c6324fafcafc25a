package io.bifocal.core.model;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads for how long a model file wants data to be kept. */
final class RetentionReader {
    private static final String VIEWS = "views";
    private static final String ARCHIVE = "archive";
    private static final String GENERATIONS = "generations";
    private static final Pattern DAYS = Pattern.compile("([1-9]\\d{0,5})\\s*(?:d|days?)");
    private static final int MOST_GENERATIONS = 1_000;

    private final Faults faults;

    RetentionReader(Faults faults) {
        this.faults = faults;
    }

    Optional<Retention> read(Section file) {
        return file.optional("retention")
                .flatMap(node -> Section.of(faults, "`retention`", node))
                .map(section -> read(section.only(List.of(VIEWS, ARCHIVE, GENERATIONS)), faults.size()));
    }

    private Retention read(Section section, int faultsBefore) {
        Optional<Integer> views = days(section, VIEWS);
        Optional<Integer> archive = days(section, ARCHIVE);
        if (archive.isPresent() && views.isEmpty() && faults.size() == faultsBefore) {
            section.fault(
                    ARCHIVE,
                    "Answers would show days for ever that nothing could compute again after " + archive.get()
                            + " days.",
                    "Add `views: " + archive.get() + "d`, or less, to `retention`.");
        } else if (archive.isPresent() && views.isPresent() && archive.get() < views.get()) {
            section.fault(
                    ARCHIVE,
                    "Answers would show " + views.get() + " days, and the archive could compute only " + archive.get()
                            + " of them again.",
                    "Write `archive: " + views.get() + "d`, or more, or fewer days of `views`.");
        }
        return new Retention(views, archive, generations(section));
    }

    private static Optional<Integer> days(Section section, String key) {
        Optional<String> text = section.freeText(key);
        Optional<Integer> days =
                text.map(DAYS::matcher).filter(Matcher::matches).map(length -> Integer.valueOf(length.group(1)));
        if (text.isPresent() && days.isEmpty()) {
            section.fault(
                    key,
                    "`" + text.get() + "` is not a number of days.",
                    "Write whole days, such as `" + key + ": 400d`.");
        }
        return days;
    }

    private static Optional<Integer> generations(Section section) {
        Optional<Double> number = section.number(GENERATIONS);
        Optional<Integer> sound = number.filter(
                        each -> each == Math.rint(each) && each >= 0 && each <= MOST_GENERATIONS)
                .map(Double::intValue);
        if (number.isPresent() && sound.isEmpty()) {
            section.fault(
                    GENERATIONS,
                    "`generations` must be a whole number between 0 and " + MOST_GENERATIONS + ".",
                    "Write how many earlier generations can be rolled back to, such as `generations: 7`.");
        }
        return sound;
    }
}
