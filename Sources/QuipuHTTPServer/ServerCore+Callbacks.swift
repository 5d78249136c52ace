internal import CQuipuMicroHTTPD
internal import Glibc
internal import Synchronization

extension ServerCore {
    /// The context must be a retained `ServerCore` that outlives the daemon. `begin` creates a request's object,
    /// `end` releases it: libmicrohttpd calls `end` exactly once for each `begin`.
    func callbacks(context: UnsafeMutableRawPointer) -> quipu_MHD_callbacks {
        quipu_MHD_callbacks(
            accept: { context, _, _ in
                guard let context else { return .NO }
                return Unmanaged<ServerCore>.fromOpaque(context).takeUnretainedValue().isDraining ? .NO : .YES
            },
            handle: { _, connection, _, method, version, bytes, count, box in
                guard let connection, let count, let box = box?.pointee else { return .NO }
                let request = Unmanaged<Request>.fromOpaque(box).takeUnretainedValue()
                guard let bytes else {
                    return request.proceed(on: connection, method: method, version: version) ? .YES : .NO
                }
                let part = UnsafeRawBufferPointer(start: bytes, count: count.pointee)
                count.pointee = 0
                return request.receive(part, on: connection) ? .YES : .NO
            },
            begin: { context, target, connection in
                guard let context, let connection else { return nil }
                let core = Unmanaged<ServerCore>.fromOpaque(context).takeUnretainedValue()
                let watched = quipu_MHD_socket_context(connection).map {
                    Unmanaged<WatchedConnection>.fromOpaque($0).takeUnretainedValue()
                }
                let request = Request(
                    core: core, connection: watched, target: target.map { String(cString: $0) })
                return Unmanaged.passRetained(request).toOpaque()
            },
            end: { _, _, box, code in
                guard let request = box?.pointee else { return }
                box?.pointee = nil
                Unmanaged<Request>.fromOpaque(request).takeRetainedValue().end(code)
            },
            certificate: { session, _, _, _, _, chain, count, key in
                // libmicrohttpd sets the connection as the session's pointer.
                guard let session, let handle = gnutls_session_get_ptr(session),
                    let slot = quipu_MHD_socket_context(OpaquePointer(handle)),
                    let loaded = Unmanaged<WatchedConnection>.fromOpaque(slot).takeUnretainedValue()
                        .certificate
                else { return -1 }
                // The connection owns it, and outlives its handshake.
                chain?.pointee = loaded.chain
                count?.pointee = loaded.count
                key?.pointee = loaded.key
                return 0
            },
            connection: { context, connection, slot, code in
                guard let context, let connection, let slot else { return }
                let core = Unmanaged<ServerCore>.fromOpaque(context).takeUnretainedValue()
                core.connectionChanged(connection, slot: slot, code: code)
            },
            // Targets are passed on as received, so nothing is decoded.
            unescape: { _, _, text in text.map { strlen($0) } ?? 0 },
            context: context)
    }

    private func stranger(at descriptor: Int32) -> HTTPRequestError? {
        guard let admitsUser = configuration.admitsUser else { return nil }
        return admitsUser(PeerUser.user(of: descriptor)) ? nil : .otherUser
    }

    private func connectionChanged(
        _ connection: OpaquePointer, slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>,
        code: MHD_ConnectionNotificationCode
    ) {
        if code == .CONNECTION_NOTIFY_STARTED {
            let seconds = configuration.idleTimeoutSeconds + configuration.headTimeoutSeconds
            let address = numericAddress(quipu_MHD_client_address(connection))
            let descriptor = quipu_MHD_socket(connection)
            let watched = WatchedConnection(
                descriptor: descriptor, address: address,
                excess: limiter.add(address) ?? stranger(at: descriptor),
                certificate: certificate.withLock { $0 }, deadlineSeconds: seconds)
            watchdog.add(watched)
            slot.pointee = Unmanaged.passRetained(watched).toOpaque()
        } else if let watched = slot.pointee {
            slot.pointee = nil
            let ended = Unmanaged<WatchedConnection>.fromOpaque(watched).takeRetainedValue()
            limiter.remove(ended.address)
            watchdog.remove(ended)
        }
    }
}
