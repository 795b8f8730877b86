-- Has wrk send the requests of a file, one after the other and again from the start. Each stands in the file as the number of its
-- bytes, a line feed, and the bytes. At the end it prints one line of JSON.

local requests, last = {}, 0

function init(arguments)
    local file = assert(io.open(arguments[1], "rb"))
    for size in function() return file:read("*n") end do
        file:read(1)
        requests[#requests + 1] = file:read(size)
    end
    file:close()
end

function request()
    last = last % #requests + 1
    return requests[last]
end

function done(summary)
    local errors = summary.errors
    print(string.format(
        '{"answers": %d, "seconds": %f, "refused": %d, "broken": %d}',
        summary.requests, summary.duration / 1e6, errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
