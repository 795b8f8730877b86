import Foundation
import Interpreters
import LambdaModel
import LaminaErrors
import SystemPackage

/// The machine's Ruby with bundler, made to act for the target's Ruby and platform.
struct Bundler: Sendable {
    let ruby: ExternalTool
    /// Versions of Ruby, RubyGems and bundler.
    let versions: [String]
    let target: RubyTarget
    var offline = false

    /// - Throws: ``LaminaError`` `toolMissing` without Ruby or bundler.
    init(for target: RubyTarget, offline: Bool) async throws {
        ruby = try ExternalTool("ruby", install: "install Ruby with bundler (https://www.ruby-lang.org)")
        do {
            versions = try await ruby.output(["-e", RubyProgram.probe], explaining: "\(ruby.executable) does not find bundler").split(
                whereSeparator: \.isNewline
            ).map(String.init)
        } catch let error as LaminaError where error.code == .toolFailed {
            throw LaminaError(.toolMissing, "bundler is not installed: run 'gem install bundler', or install your system's", cause: error)
        }
        guard versions.count == 3 else { throw LaminaError(.toolFailed, "\(ruby.executable) does not tell its version") }
        self.target = target
        self.offline = offline
    }

    /// Whether this Ruby compiles gems that the target can load.
    var compiles: Bool { target.architecture == .host && versions[0].hasPrefix("\(target.version).") }

    /// A project's private copy, where bundler works.
    struct Workplace: Sendable {
        /// The build's folder.
        var work: FilePath
        /// The project's folder in it.
        var project: FilePath
        var gemfile: String
        /// The version of Ruby that bundler shall see.
        var rubyVersion: String

        var bundle: FilePath { work.appending("bundle") }
        var programs: FilePath { work.appending("programs") }
        var refused: FilePath { work.appending("refused") }
        var list: FilePath { work.appending("gems.json") }

        func program(_ name: String) -> String { programs.appending("\(name).rb").string }
    }

    /// Writes what bundler needs besides the project.
    func prepare(_ place: Workplace, configuration: String) throws {
        do {
            for folder in [place.programs, place.work.appending("configuration")] {
                try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
            }
            for (name, program) in RubyProgram.files {
                try Data(program.utf8).write(to: URL(fileURLWithPath: place.programs.appending(name).string))
            }
            try Data(configuration.utf8).write(to: URL(fileURLWithPath: place.work.appending("configuration/config").string))
        } catch {
            throw LaminaError(.inputOutput, "cannot write to \(place.work)", cause: error)
        }
    }

    /// Makes a lock that chooses gems for the target's platform, keeping the versions of one that is there.
    func lock(_ place: Workplace) async throws {
        try await run(
            [place.program("bundle"), "lock", "--add-platform", target.platform] + (offline ? ["--local"] : []), place, isFrozen: false,
            explaining: "bundler cannot resolve \(place.gemfile) for \(target.runtime) on \(target.architecture.rawValue)")
    }

    /// Installs what the lock names, but for the groups development and test.
    ///
    /// - Returns: The folder that holds `gems` and `specifications`.
    /// - Throws: ``LaminaError`` `unsupported` for a gem that would have to be compiled for another machine.
    func install(_ place: Workplace) async throws -> FilePath {
        do {
            try await run(
                [place.program("bundle"), "install"] + (offline ? ["--local"] : []), place, isFrozen: true,
                explaining: "bundler cannot install what \(place.gemfile) names for \(target.runtime) on \(target.architecture.rawValue)")
            let homes = place.bundle.appending("ruby")
            // Bundler names it after the Ruby that runs; without remote gems there is none.
            let name = (try? FileManager.default.contentsOfDirectory(atPath: homes.string))?.first ?? target.interface
            let home = homes.appending(name)
            try await run(
                [place.program("gather"), home.string, place.list.string], place, isFrozen: true,
                explaining: "the installed gems cannot be gathered")
            return home
        } catch let error as LaminaError where error.code == .toolFailed {
            guard let refused = FileManager.default.contents(atPath: place.refused.string) else { throw error }
            throw needsCompiling(String(decoding: refused, as: UTF8.self).split(whereSeparator: \.isNewline).map(String.init))
        }
    }

    private func needsCompiling(_ gems: [String]) -> LaminaError {
        LaminaError(
            .unsupported,
            """
            \(Set(gems).sorted().joined(separator: ", ")) has no binary for \(target.platform) and would have to be compiled, which needs \
            Ruby \(target.version) on \(target.architecture.rawValue), and this machine has Ruby \(versions[0]) on \
            \(Architecture.host.rawValue): build the layer on such a machine, or take a version of the gem that brings binaries
            """)
    }

    private func run(_ arguments: [String], _ place: Workplace, isFrozen: Bool, explaining failure: String) async throws {
        var environment: [String: String?] = [
            "LAMINA_RUBY_VERSION": place.rubyVersion,
            "LAMINA_RUBY_PLATFORM": target.platform, "LAMINA_RUBY_REFUSED": place.refused.string,
            "LAMINA_RUBY_COMPILES": compiles ? "yes" : nil,
            // Keeps bundler from fetching the version of itself that the lock names.
            "BUNDLER_VERSION": versions[2],
            "BUNDLE_GEMFILE": place.project.appending(place.gemfile).string, "BUNDLE_PATH": place.bundle.string,
            "BUNDLE_APP_CONFIG": place.work.appending("configuration").string, "BUNDLE_FROZEN": isFrozen ? "true" : "false",
            "BUNDLE_DEPLOYMENT": "false", "BUNDLE_SILENCE_ROOT_WARNING": "true", "BUNDLE_LOCKFILE": nil, "GEM_HOME": nil, "GEM_PATH": nil,
            // The date of gems that are made of folders.
            "SOURCE_DATE_EPOCH": "315532800",
        ]
        if ProcessInfo.processInfo.environment["BUNDLE_WITHOUT"] == nil { environment["BUNDLE_WITHOUT"] = "development:test" }
        try await ruby.run(arguments, in: place.project, environment: environment, explaining: failure)
    }
}
