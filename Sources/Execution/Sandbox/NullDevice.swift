#if canImport(Glibc)
import Glibc
#endif

/// /dev/null, open as long as this process lives, for the standard streams of what it starts.
enum NullDevice {
    static let descriptor = open("/dev/null", O_RDWR | O_CLOEXEC)
}
