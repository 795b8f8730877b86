import LaminaErrors

extension SandboxFacilities {
    /// What functions have not on this machine, and what to do for it: a line each.
    func notices() async -> [String] {
        var notices = [bubblewrapNotice, networkNotice(await namespaces.obstacle)].compactMap { $0 }
        if !SandboxUser.areAvailable {
            notices.append(
                "functions run as the user of this server: for a user of its own for each of them, start lamina as root of the machine")
        }
        if let obstacle = await volumes.obstacle {
            notices.append(
                """
                files in /tmp are in memory, beside the memory that functions may have: for files on the disk, start lamina as root of \
                the machine, with loop devices and mkfs.ext4 (\(obstacle.message))
                """)
        }
        if cgroups?.has(.memory) != true {
            notices.append("no memory cgroups here: functions' memory is watched, not limited; \(Self.remedy)")
        }
        if cgroups?.has(.cpu) != true {
            notices.append("no cpu cgroups here: functions take as much of the processors as they want; \(Self.remedy)")
        }
        return notices
    }

    private static let remedy = "start lamina as root of the machine, or in a unit of systemd with Delegate=yes"

    private var bubblewrapNotice: String? {
        (try? Self.bubblewrap()) == nil ? "no function can run: bubblewrap is not installed (apt-get install bubblewrap)" : nil
    }

    /// - Parameter obstacle: Why there is no ``FunctionNetwork/nat``, where that is ``network``.
    private func networkNotice(_ obstacle: LaminaError?) -> String? {
        if let obstacle {
            return "functions reach no network (\(obstacle)): for this machine's own network, --function-network host"
        }
        return switch (network, isNetworkChosen) {
        case (.none, false):
            """
            functions reach no network: for the internet, install slirp4netns (apt-get install slirp4netns); for this machine's own \
            network, --function-network host
            """
        case (.host, _):
            """
            functions share this machine's network and reach what listens at its loopback, other functions' Runtime APIs too: to part \
            them, --function-network nat or none
            """
        case (.none, true), (.nat, _): nil
        }
    }

    /// What was chosen without the user's word, and is weaker in nothing.
    var networkChoice: String? {
        guard network == .nat, !isNetworkChosen else { return nil }
        return """
            functions reach the internet through slirp4netns, and nothing at this machine's loopback: for another choice, \
            --function-network none or host
            """
    }
}
