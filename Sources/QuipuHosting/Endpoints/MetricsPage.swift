internal import QuipuHTTPServer

/// `GET /metrics`: all counters and gauges.
struct MetricsPage: Sendable {
    let metrics: Metrics
    let backend: any ArchiveBackend
    let channels: ArchiveChannels
    let logger: Logger?
    let version: String
    /// Unix time.
    let startedMilliseconds: Int64

    var response: HTTPResponse {
        HTTPResponse(
            status: 200, headers: [("Content-Type", PrometheusText.mediaType)], body: .bytes(text.bytes))
    }

    private var text: PrometheusText {
        let counts = metrics.counts
        var text = PrometheusText()
        text.append(requests: counts)
        text.append(exchange: counts.exchange)
        text.append(standing: backend.statistics(), watchers: channels.watcherCount)
        text.family(
            "quipu_log_lines_dropped_total", .counter, "Lines that the log's reader was too slow for.")
        text.sample("quipu_log_lines_dropped_total", logger?.droppedCount ?? 0)
        text.append(process: ProcessStatistics(), startedMilliseconds: startedMilliseconds)
        text.family("quipu_build_info", .gauge, "Which Quipu this is; always 1.")
        text.sample("quipu_build_info", [("version", version)], 1)
        return text
    }
}

extension PrometheusText {
    /// Sorted, so that two pages can be compared.
    fileprivate mutating func append(requests counts: Metrics.Counts) {
        family("quipu_http_requests_total", .counter, "Requests that have ended, by the status answered.")
        let requests = counts.requests.map { key, count in
            (labels: [key.route, key.method, key.status.map { String($0) } ?? "none"], count: count)
        }
        for (labels, count) in requests.sorted(by: { $0.labels.lexicographicallyPrecedes($1.labels) }) {
            let names = ["route", "method", "status"]
            sample("quipu_http_requests_total", zip(names, labels).map { ($0, $1) }, count)
        }
        family(
            "quipu_http_requests_cut_total", .counter, "Requests whose connection ended before their answer.")
        sample("quipu_http_requests_cut_total", counts.cutRequests)

        let routes = counts.routes.sorted { $0.key < $1.key }
        family(
            "quipu_http_request_duration_seconds", .histogram,
            "From a request's head to the end of its answer.")
        for (route, totals) in routes {
            samples("quipu_http_request_duration_seconds", [("route", route)], totals.durations)
        }
        family("quipu_http_received_bytes_total", .counter, "Bytes of request bodies.")
        for (route, totals) in routes {
            sample("quipu_http_received_bytes_total", [("route", route)], totals.receivedBytes)
        }
        family("quipu_http_sent_bytes_total", .counter, "Bytes of the bodies of answers.")
        for (route, totals) in routes {
            sample("quipu_http_sent_bytes_total", [("route", route)], totals.sentBytes)
        }
        family(
            "quipu_problems_total", .counter, "Answers that were problems, by the word that names the type.")
        for (problem, count) in counts.problems.sorted(by: { $0.key < $1.key }) {
            sample("quipu_problems_total", [("type", problem)], count)
        }
    }

    fileprivate mutating func append(exchange tally: Metrics.ExchangeTally) {
        for (name, help, received, sent) in [
            (
                "quipu_exchange_pieces_total", "Messages of the exchange that were read and answered.",
                tally.piecesReceived, tally.piecesSent
            ),
            (
                "quipu_exchange_transactions_total", "Transactions in messages of the exchange.",
                tally.transactionsReceived, tally.transactionsSent
            ),
        ] {
            family(name, .counter, help)
            sample(name, [("direction", "received")], received)
            sample(name, [("direction", "sent")], sent)
        }
    }

    fileprivate mutating func append(standing statistics: BackendStatistics, watchers: Int) {
        family("quipu_open_archives", .gauge, "Archives that the server holds open.")
        sample("quipu_open_archives", statistics.openArchives)
        family("quipu_open_conflicts", .gauge, "Conflicts in open archives, as of their last exchange.")
        sample("quipu_open_conflicts", statistics.openConflicts)
        family("quipu_watchers", .gauge, "Connections that wait for events.")
        sample("quipu_watchers", watchers)
    }

    fileprivate mutating func append(process: ProcessStatistics, startedMilliseconds: Int64) {
        family("process_start_time_seconds", .gauge, "When the server started, in Unix time.")
        sample("process_start_time_seconds", Self.seconds(UInt64(max(0, startedMilliseconds)) * 1_000_000))
        family("process_cpu_seconds_total", .counter, "Processor time of the server.")
        sample("process_cpu_seconds_total", Self.seconds(process.processorNanoseconds))
        family("process_resident_memory_bytes", .gauge, "Memory of the server that is in RAM.")
        sample("process_resident_memory_bytes", process.residentBytes)
    }
}
