package lamina.runtime;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;

/** Writes dates and times as AWS's runtime does: moments as epoch seconds with nine decimals, local ones as lists of numbers. */
final class TimeWriter {
    private TimeWriter() {}

    static void write(Object value, JsonWriter json) {
        switch (value.getClass().getSimpleName()) {
            case "Instant":
                seconds(((Instant) value).getEpochSecond(), ((Instant) value).getNano(), json);
                break;
            case "OffsetDateTime":
                seconds(((OffsetDateTime) value).toEpochSecond(), ((OffsetDateTime) value).getNano(), json);
                break;
            case "ZonedDateTime":
                seconds(((ZonedDateTime) value).toEpochSecond(), ((ZonedDateTime) value).getNano(), json);
                break;
            case "Duration":
                seconds(((Duration) value).getSeconds(), ((Duration) value).getNano(), json);
                break;
            case "LocalDate":
                json.open('[');
                date((LocalDate) value, json);
                json.close(']');
                break;
            case "LocalTime":
                json.open('[');
                time((LocalTime) value, json);
                json.close(']');
                break;
            case "LocalDateTime":
                json.open('[');
                date(((LocalDateTime) value).toLocalDate(), json);
                time(((LocalDateTime) value).toLocalTime(), json);
                json.close(']');
                break;
            default:
                json.string(value.toString());
        }
    }

    private static void seconds(long seconds, int nanos, JsonWriter json) {
        json.raw(BigDecimal.valueOf(seconds).add(BigDecimal.valueOf(nanos, 9)).toPlainString());
    }

    private static void date(LocalDate date, JsonWriter json) {
        json.raw(Integer.toString(date.getYear())).raw(Integer.toString(date.getMonthValue())).raw(Integer.toString(date.getDayOfMonth()));
    }

    private static void time(LocalTime time, JsonWriter json) {
        json.raw(Integer.toString(time.getHour())).raw(Integer.toString(time.getMinute()));
        if (time.getSecond() == 0 && time.getNano() == 0) return;
        json.raw(Integer.toString(time.getSecond()));
        if (time.getNano() > 0) json.raw(Integer.toString(time.getNano()));
    }
}
