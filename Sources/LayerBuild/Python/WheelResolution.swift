import Foundation
import LaminaErrors
import SystemPackage

/// Resolves to the newest versions that have wheels for the target; source distributions are for packages that have none.
///
/// uv by itself takes the newest version and builds it where none of its wheels fits, with this machine's glibc. Asked for wheels alone it
/// goes back to versions of other packages that do not need what has no wheel. So the newest versions are looked at first, whatever
/// glibc their wheels want: what has no wheel there is let in as a source distribution, and the others are resolved to wheels.
struct WheelResolution: Sendable {
    let source: FilePath
    let target: PythonTarget
    let environment: MarkerEnvironment
    let uv: UV
    /// How all resolutions are asked for.
    let options: UV.Options

    private struct Attempt {
        var path: FilePath
        var lock: PythonLock
    }

    /// Writes a `pylock.toml`; its folder holds nothing else.
    ///
    /// - Throws: ``LaminaError`` `toolFailed` with uv's own explanation.
    func write(to output: FilePath) async throws {
        let folder = output.removingLastComponent()
        let chosen = try await resolve(in: folder)
        guard rename(chosen.string, output.string) == 0 else { throw LaminaError.system(errno, "cannot store the lock") }
    }

    private func resolve(in folder: FilePath) async throws -> FilePath {
        let newest: Attempt
        do {
            newest = try await attempt("newest", in: folder, built: nil, anyGlibc: true)
        } catch let error as LaminaError where error.code == .toolFailed {
            // A source distribution that does not build here may have an older version with a wheel.
            guard let wheels = try await optionalAttempt("wheels", in: folder, built: []) else { throw error }
            return wheels.path
        }
        let unfit = newest.lock.packages.filter(lacksWheel)
        guard unfit.contains(where: { $0.tree == nil }) else { return newest.path }
        let unavoidable = Self.names(newest.lock.packages.filter { $0.wheels.isEmpty })
        if let found = try await optionalAttempt("wheels", in: folder, built: unavoidable) {
            return try await narrowed(found, built: unavoidable, in: folder).path
        }
        // The requirements leave no version with a wheel, as a pin does.
        let free = try await attempt("free", in: folder, built: nil)
        let sources = Self.names(free.lock.packages.filter(lacksWheel))
        return try await narrowed(free, built: sources, in: folder).path
    }

    private func lacksWheel(_ package: PythonLock.Package) -> Bool { package.wheel(for: target) == nil }

    private static func names(_ packages: [PythonLock.Package]) -> Set<String> { Set(packages.map { PythonName.normalize($0.name) }) }

    /// Takes those packages from their wheels after all that have an older version with one.
    private func narrowed(_ attempt: Attempt, built: Set<String>, in folder: FilePath) async throws -> Attempt {
        let trees = Self.names(attempt.lock.packages.filter { $0.tree != nil })
        var best = attempt
        var built = built
        for name in built.subtracting(trees).sorted() {
            let fewer = built.subtracting([name])
            guard let found = try await optionalAttempt("without-\(name)", in: folder, built: fewer),
                // A resolution without the package took an older version of what needs it.
                Self.names(found.lock.packages).contains(name)
            else { continue }
            (best, built) = (found, fewer)
        }
        return best
    }

    private func attempt(_ name: String, in folder: FilePath, built: Set<String>?, anyGlibc: Bool = false) async throws -> Attempt {
        var options = options
        options.built = built
        options.anyGlibc = anyGlibc
        // Each has a file of its own, since uv takes an existing one for preferences.
        let path = folder.appending("pylock.\(name.replacing(".", with: "-")).toml")
        try await uv.compile(source, for: target, to: path, options)
        return Attempt(path: path, lock: try PythonLock(contentsOf: path, for: environment))
    }

    /// Nil where there is no resolution.
    private func optionalAttempt(_ name: String, in folder: FilePath, built: Set<String>) async throws -> Attempt? {
        do {
            return try await attempt(name, in: folder, built: built)
        } catch let error as LaminaError where error.code == .toolFailed {
            return nil
        }
    }
}
