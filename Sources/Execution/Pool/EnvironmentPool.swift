import LambdaModel

/// Which environments there are, and what each does. No I/O: whoever changes it ends the environments that it gives back.
struct EnvironmentPool<Environment> {
    private struct Slot {
        var environment: Environment
        var work: EnvironmentWork
        var isBusy: Bool
        var lastUse = ContinuousClock.now
        /// Ends instead of waiting for another invocation.
        var isRetired = false
        /// Stays while it is idle.
        var isProvisioned = false
    }

    private var slots: [String: Slot] = [:]
    /// Environments that are being made.
    var starting = 0

    var count: Int { slots.count + starting }

    mutating func insert(_ id: String, _ environment: Environment, _ work: EnvironmentWork, isBusy: Bool, isProvisioned: Bool = false) {
        slots[id] = Slot(environment: environment, work: work, isBusy: isBusy, isProvisioned: isProvisioned)
    }

    /// An idle environment that serves this work, which is busy from now on: a provisioned one, else the one that was used last, so that
    /// those too many grow old.
    mutating func take(for work: EnvironmentWork) -> Environment? {
        let able = slots.filter { !$1.isBusy && !$1.isRetired && $1.work.serves(work) }
        let best = able.max { ($0.value.isProvisioned ? 1 : 0, $0.value.lastUse) < ($1.value.isProvisioned ? 1 : 0, $1.value.lastUse) }
        guard let id = best?.key else { return nil }
        slots[id]?.isBusy = true
        return slots[id]?.environment
    }

    /// An environment is idle again; gives it back where it is to end.
    mutating func release(_ id: String, isBroken: Bool) -> Environment? {
        guard let slot = slots[id] else { return nil }
        if slot.isRetired || isBroken { return slots.removeValue(forKey: id)?.environment }
        slots[id]?.isBusy = false
        slots[id]?.lastUse = .now
        return nil
    }

    /// How many provisioned environments serve this work.
    func provisioned(for work: EnvironmentWork) -> Int {
        slots.values.count { $0.isProvisioned && !$0.isRetired && $0.work.serves(work) }
    }

    /// Takes the idle ones out whose work matches, and marks the busy ones to end when they are done.
    mutating func retire(where matches: (EnvironmentWork) -> Bool) -> [Environment] {
        remove { matches($0.work) }
    }

    /// Takes out the environments that have waited since before an instant.
    mutating func removeIdle(since limit: ContinuousClock.Instant) -> [Environment] {
        remove { !$0.isBusy && !$0.isProvisioned && $0.lastUse < limit }
    }

    /// Takes out the idle environment that has waited longest, provisioned ones aside.
    mutating func removeOldestIdle() -> Environment? {
        let oldest = slots.filter { !$1.isBusy && !$1.isProvisioned }.min { $0.value.lastUse < $1.value.lastUse }
        return oldest.flatMap { slots.removeValue(forKey: $0.key)?.environment }
    }

    /// Lets all provisioned environments go whose work none of these is.
    mutating func releaseProvisioned(except works: [EnvironmentWork]) {
        for (id, slot) in slots where slot.isProvisioned && !works.contains(where: { slot.work.serves($0) }) {
            slots[id]?.isProvisioned = false
        }
    }

    mutating func removeAll() -> [Environment] {
        defer { slots = [:] }
        return slots.values.map(\.environment)
    }

    private mutating func remove(where matches: (Slot) -> Bool) -> [Environment] {
        var removed: [Environment] = []
        for (id, slot) in slots where matches(slot) {
            if slot.isBusy {
                slots[id]?.isRetired = true
            } else {
                slots[id] = nil
                removed.append(slot.environment)
            }
        }
        return removed
    }
}

/// What an environment is for: a version of a function as it was when the environment was made.
struct EnvironmentWork: Sendable {
    var function: LambdaFunction
    var content: FunctionContent

    /// Whether an environment that was made for this serves the other.
    func serves(_ other: EnvironmentWork) -> Bool {
        content == other.content && isSameVersion(as: other) && function.sharesEnvironments(with: other.function)
    }

    func isSameVersion(as other: EnvironmentWork) -> Bool {
        function.arn == other.function.arn && function.version == other.function.version
    }
}
