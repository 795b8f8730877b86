import Testing

@testable import LayerCheck

@Suite struct LibraryUseTests {
    private func uses(_ source: String) -> [LibraryUse] {
        Array(source.utf8).withUnsafeBytes { LibraryUse.find(in: $0) }
    }

    @Test func aLibraryIsNamedByTheCallsFirstArgument() {
        #expect(uses("lib = ctypes.CDLL('libmagic.so.1')\n") == [LibraryUse(function: .cdll, library: "libmagic.so.1")])
        #expect(uses("name = find_library(\"magic\")\n") == [LibraryUse(function: .findLibrary, library: "magic")])
        #expect(uses("lib = ffi.dlopen(name)\n").isEmpty)
    }

    @Test func aHelperThatTriesNamesOpensTheOneOfLinux() {
        let source = """
            pango = _dlopen(
                ffi, 'libpango-1.0-0', 'pango-1.0',  # as on 'Windows.so' (
                'libpango-1.0.so.0', 'libpango-1.0.dylib', allow_fail=True)
            cairo = dlopen(ffi, ('cairo-2', "cairo"), ('libcairo.so.2', 'libcairo.2.dylib'))
            """
        #expect(uses(source).map(\.library) == ["libpango-1.0.so.0", "libcairo.so.2"])
    }

    @Test func whatFollowsTheCallIsNotItsArgument() {
        #expect(uses("lib = ffi.dlopen(name)\nother = 'libx.so.1'\n").isEmpty)
        #expect(uses("lib = ffi.dlopen(path('a', 'b'), flags); x = ('libx.so.1')\n").isEmpty)
        #expect(uses("lib = ffi.dlopen('unfinished\n").isEmpty)
    }
}
