-- A guest's message of 300 bytes.
local head = '{"conversationId":"5f0c1e52-7d0a-4b8e-9c55-0d6c5f1f7a10","to":{"id":"flow"},"type":"text","language":"en-us","text":"'
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = head .. string.rep("x", 300 - #head - 2) .. '"}'
