import Foundation

/// The locale in which libarchive takes names as they are; in the C locale it has none for those that are not ASCII.
///
/// It is this thread's alone, while a closure runs.
enum UTF8Locale {
    // Sendable: a locale object is constant and may be used by all threads.
    private nonisolated(unsafe) static let locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", nil)

    static func use<T>(_ body: () throws -> T) rethrows -> T {
        guard let locale, let previous = uselocale(locale) else { return try body() }
        defer { uselocale(previous) }
        return try body()
    }
}
