/// Ruby code that runs in the machine's Ruby, beside bundler.
enum RubyProgram {
    /// Changes with the code.
    static let version = "1"

    /// The files of a build's folder of programs, by name.
    static let files = ["target.rb": target, "bundle.rb": bundle, "gather.rb": gather]

    /// Tells this Ruby's version and what belongs to it.
    static let probe = """
        begin
          require "bundler"
        rescue LoadError
          exit 3
        end
        puts RUBY_VERSION, Gem::VERSION, Bundler::VERSION
        """

    /// Required once bundler is loaded: it and RubyGems see the target's version and platform, and a gem that would be compiled
    /// for a Ruby that this one is not is written down and refused.
    static let target = """
        require "rubygems/ext"
        target = ENV.fetch("LAMINA_RUBY_VERSION")
        %i[RUBY_VERSION RUBY_ENGINE_VERSION].each do |name|
          Object.send(:remove_const, name)
          Object.const_set(name, target.dup.freeze)
        end
        version = Gem::Version.new(target)
        platform = Gem::Platform.new(ENV.fetch("LAMINA_RUBY_PLATFORM"))
        Gem.define_singleton_method(:ruby_version) { version }
        Gem::Platform.define_singleton_method(:local) { platform }
        Gem.platforms = [Gem::Platform::RUBY, platform]

        unless ENV["LAMINA_RUBY_COMPILES"]
          Gem::Ext::Builder.prepend(Module.new do
            def build_extensions
              return super if @spec.extensions.empty?
              File.open(ENV.fetch("LAMINA_RUBY_REFUSED"), "a") { |file| file.puts("#{@spec.name} #{@spec.version}") }
              raise Gem::InstallError, "#{@spec.full_name} would have to be compiled"
            end
          end)
        end
        """

    /// `bundle`, acting for the target. Its own program would have RubyGems look for gems that suit the target before it runs at all.
    static let bundle = """
        require "bundler"
        require "bundler/cli"
        require "bundler/friendly_errors"
        require_relative "target"
        Bundler.with_friendly_errors { Bundler::CLI.start(ARGV, debug: true) }
        """

    /// After `bundle install`: gems of local folders and repositories become installed gems like the others, what varies from one
    /// installation to the next goes, and the gems are listed.
    ///
    /// Arguments: the folder of installed gems, and the list to write.
    static let gather = """
        require "bundler"
        require "rubygems/package"
        require "rubygems/installer"
        require "digest"
        require "fileutils"
        require "json"
        require_relative "target"
        home, list = ARGV
        definition = Bundler.definition
        without = Bundler.settings[:without].map(&:to_sym)
        wanted = definition.specs_for(definition.groups - without).to_a.reject { |spec| spec.name == "bundler" }

        wanted.select { |spec| spec.source.is_a?(Bundler::Source::Path) }.each do |spec|
          Dir.chdir(spec.full_gem_path) do
            gem = Gem::Specification.load(spec.loaded_from.to_s)
            raise "#{spec.loaded_from} is no gem specification" unless gem
            # Those that ask git for their files get none in a copy.
            roots = gem.require_paths.map { |path| "#{path}/" }
            if gem.files.none? { |file| file.start_with?(*roots) && File.file?(file) }
              gem.files = Dir.glob("{#{gem.require_paths.join(",")},exe,ext}/**/*").select { |file| File.file?(file) }
            end
            gem.files = gem.files.select { |file| File.file?(file) }.sort
            package = Gem::Package.build(gem, true)
            Gem::Installer.at(package, install_dir: home, ignore_dependencies: true, force: true, document: []).install
          end
        end

        specifications = Dir.glob("#{home}/specifications/*.gemspec").sort
        gems = specifications.map do |file|
          gem = Gem::Specification.load(file)
          unless gem.extensions.empty?
            folder = "#{home}/gems/#{gem.full_name}"
            FileUtils.rm_f(Dir.glob("#{folder}/ext/**/{*.o,*.so,*.log,Makefile}"))
            FileUtils.rm_f(Dir.glob("#{home}/extensions/*/*/#{gem.full_name}/{gem_make.out,mkmf.log}"))
          end
          text = File.binread(file)
          File.binwrite(file, text.sub(/^  s\\.installed_by_version = .*\\n\\n?/, ""))
          archive = "#{home}/cache/#{gem.full_name}.gem"
          source = wanted.find { |spec| spec.name == gem.name }&.source
          isRemote = !source.is_a?(Bundler::Source::Path) && File.file?(archive)
          {
            name: gem.name, version: gem.version.to_s, fullName: gem.full_name, licenses: gem.licenses,
            sha256: isRemote ? Digest::SHA256.file(archive).hexdigest : nil
          }
        end
        left = wanted.reject { |spec| gems.any? { |gem| gem[:name] == spec.name } }.map { |spec| "#{spec.name} #{spec.version}" }
        File.write(list, JSON.generate(gems: gems, leftOut: left))
        """
}
