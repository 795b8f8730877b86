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
        #expect(uses("lib = ffi.dlopen('a', flags)\nother = 'libx.so.1'\n").map(\.library) == ["a"])
        #expect(uses("lib = _dlopen(f('b'), 'liby.so'); x = ('libx.so.1')\n").map(\.library) == ["liby.so"])
        #expect(uses("lib = ffi.dlopen('unfinished\n").isEmpty)
    }

    @Test func whereTheArgumentIsComputedTheModulesFileNamesCount() {
        let source = """
            if sys.platform == 'darwin': name = 'libvips.dylib'
            else: name = 'libvips.so.42'
            names = ('libglib-2.0.so', "it's in libother.so.1 perhaps")
            ffi.dlopen(name)
            """
        #expect(uses(source).map(\.library) == ["libvips.so.42", "libglib-2.0.so"])
        #expect(uses("name = 'libvips.so.42'\n").isEmpty)
    }

    @Test func aComputedNameIsLookedForWhereTheModuleDoesSoAsItIsImported() {
        let search = "try:\n    for name in ('portaudio', 'other'):\n        name = _find_library(name)\nexcept OSError:\n    raise\n"
        #expect(uses(search) == [LibraryUse(function: .findLibrary, library: "")])
        #expect(uses("def load(name):\n    if name:\n        return find_library(name)\n").isEmpty)
        #expect(uses("from ctypes.util import find_library\n").isEmpty)
    }
}
