package lamina.runtime;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Date;
import java.util.List;

/** Makes dates and times from ISO 8601's texts, from epoch seconds with a fraction, and from lists of numbers. */
final class TimeReader {
    private TimeReader() {}

    static boolean reads(String type) {
        if (!type.startsWith("java.time.")) return false;
        switch (type.substring("java.time.".length())) {
            case "Duration":
            case "Instant":
            case "LocalDate":
            case "LocalDateTime":
            case "LocalTime":
            case "OffsetDateTime":
            case "ZonedDateTime":
                return true;
            default:
                return false;
        }
    }

    static Object read(Object value, Class<?> type) throws JsonException {
        try {
            if (value instanceof String) return ((String) value).isEmpty() ? null : parse((String) value, type);
            if (value instanceof Number) return seconds(new BigDecimal(value.toString()), type);
            if (value instanceof List) return fields((List<?>) value, type);
        } catch (RuntimeException error) {
            throw ScalarReader.weird(value.toString(), type, String.valueOf(error.getMessage()));
        }
        throw ObjectReader.mismatch(value, type);
    }

    /** From milliseconds since 1970 or an ISO text. */
    static Date date(Object value, String text) {
        if (value instanceof Number) return new Date(((Number) value).longValue());
        if (text.length() == 10) return Date.from(LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant());
        return Date.from(OffsetDateTime.parse(withOffset(text)).toInstant());
    }

    private static Object parse(String text, Class<?> type) {
        switch (type.getSimpleName()) {
            case "Duration":
                return Duration.parse(text);
            case "Instant":
                return OffsetDateTime.parse(withOffset(text)).toInstant();
            case "LocalDate":
                return LocalDate.parse(text.length() > 10 && text.charAt(10) == 'T' ? text.substring(0, 10) : text);
            case "LocalDateTime":
                return LocalDateTime.parse(text.endsWith("Z") ? text.substring(0, text.length() - 1) : text);
            case "LocalTime":
                return LocalTime.parse(text);
            case "OffsetDateTime":
                return OffsetDateTime.parse(withOffset(text));
            default:
                return ZonedDateTime.parse(text);
        }
    }

    /** With a colon in its zone's offset, which AWS's texts often leave out. */
    private static String withOffset(String text) {
        int length = text.length();
        if (length < 6 || text.charAt(length - 5) != '+' && text.charAt(length - 5) != '-' || text.indexOf('T') < 0) return text;
        return text.substring(0, length - 2) + ":" + text.substring(length - 2);
    }

    private static Object seconds(BigDecimal seconds, Class<?> type) {
        if (Math.abs(seconds.doubleValue()) > 1e17) throw new IllegalArgumentException("out of range");
        long whole = seconds.setScale(0, java.math.RoundingMode.FLOOR).longValue();
        int nanos = seconds.subtract(BigDecimal.valueOf(whole)).movePointRight(9).intValue();
        switch (type.getSimpleName()) {
            case "Duration":
                return Duration.ofSeconds(whole, nanos);
            case "Instant":
                return Instant.ofEpochSecond(whole, nanos);
            case "LocalDate":
                return LocalDate.ofEpochDay(whole);
            case "OffsetDateTime":
                return Instant.ofEpochSecond(whole, nanos).atOffset(ZoneOffset.UTC);
            case "ZonedDateTime":
                return Instant.ofEpochSecond(whole, nanos).atZone(ZoneOffset.UTC);
            default:
                throw new IllegalArgumentException("a number does not say which");
        }
    }

    private static Object fields(List<?> list, Class<?> type) {
        switch (type.getSimpleName()) {
            case "LocalDate":
                return LocalDate.of(field(list, 0), field(list, 1), field(list, 2));
            case "LocalTime":
                return LocalTime.of(field(list, 0), field(list, 1), field(list, 2), field(list, 3));
            case "LocalDateTime":
                return LocalDateTime.of(
                        field(list, 0), field(list, 1), field(list, 2), field(list, 3), field(list, 4), field(list, 5), field(list, 6));
            default:
                throw new IllegalArgumentException("it is a list");
        }
    }

    private static int field(List<?> list, int index) {
        return index < list.size() ? ((Integer) list.get(index)) : 0;
    }
}
