-- What wrk sends, and the percentiles that it does not print. Arguments: a workload, and for the guard the number of sessions.
local function message(digits)
    local head = '{"conversationId":"' .. digits .. '-1f7a-4c3b-8d2e-5f0c1e527d0a","guestId":"' .. digits
        .. '-7d0a-4b8e-9c55-0d6c5f1f7a10","type":"text","language":"en-us","text":"'
    return head .. string.rep("x", 300 - #head - 2) .. '"}'
end

function init(args)
    local workload, sessions = args[1], tonumber(args[2])
    if workload == "post" then
        wrk.method = "POST"
        wrk.headers["Content-Type"] = "application/json"
        wrk.body = message("00000001")
    elseif workload == "connect" then
        wrk.headers["Connection"] = "close"
    end
    if sessions then
        -- All are ready before the first one is sent, so that wrk's work is the same for each.
        local requests, next = {}, 0
        for number = 1, sessions do
            local digits = string.format("%08d", number)
            wrk.headers["Authorization"] = "Bearer bench-" .. digits .. "-0123456789abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOP"
            wrk.body = message(digits)
            requests[number] = wrk.format()
        end
        function request()
            next = next % sessions + 1
            return requests[next]
        end
    end
end

function done(summary, latency)
    print(string.format("percentiles_us %d %d %d", latency:percentile(50), latency:percentile(99), latency:percentile(99.9)))
end
