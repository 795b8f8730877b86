# frozen_string_literal: true

# What AWS's client has loaded, so that functions may use it without a `require`. Loaded here when it is first named: it would take as
# long as half of a cold start.
module LateConstants
  FILES = { Net: "net/http", StringIO: "stringio", Timeout: "timeout", URI: "uri" }.freeze

  def const_missing(name)
    file = FILES[name]
    return super unless file && !Object.const_defined?(name)

    require file
    Object.const_get(name)
  end
end

Module.prepend(LateConstants)
