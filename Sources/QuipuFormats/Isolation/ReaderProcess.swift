internal import CQuipuLinux
internal import Glibc

/// A child process that reads foreign bytes and can do nothing else. It ends with this value.
final class ReaderProcess {
    /// The descriptor under which it finds the socket to this process.
    static let channelDescriptor: Int32 = 3
    /// Its first argument.
    static let word = "read-foreign-bytes"

    let channel: FrameChannel
    let limits: ReaderLimits
    private var process: pid_t
    /// How it ended, as `waitpid` says.
    private var status: Int32?

    /// Starts it and waits until it is ready.
    init(_ program: ReaderProgram, _ limits: ReaderLimits) throws(InterchangeError) {
        self.limits = limits
        var ends: [Int32] = [-1, -1]
        // SOCK_CLOEXEC is an enumeration here.
        guard
            socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &ends) == 0
        else { throw Self.failure(program, FileOpening.words(errno)) }
        channel = FrameChannel(ends[0])
        let (process, failure) = ChildProcess.spawn(program, [Self.word], [(ends[1], Self.channelDescriptor)])
        close(ends[1])
        self.process = process
        guard failure == 0 else {
            self.process = -1
            throw Self.failure(program, FileOpening.words(failure))
        }
        do {
            let frame = try channel.receive(silenceMilliseconds: ReaderLimits.startMilliseconds)
            guard case .ready(let version) = try ReaderReply.decode(frame).reply else {
                throw FrameChannel.Failure.ended
            }
            guard version == ReaderReply.version else {
                throw Self.failure(program, "it is of another version")
            }
        } catch let error as InterchangeError {
            end()
            throw error
        } catch {
            end()
            throw Self.failure(program, "it is no quipu of this version, or \(endWords)")
        }
    }

    deinit { end() }

    private static func failure(_ program: ReaderProgram, _ words: String) -> InterchangeError {
        InterchangeError(
            code: .noReaderProgram, operation: "start", path: program.path,
            message: "the process that reads files of other programs cannot be started: \(words)",
            hint: "Check that it is the quipu of this version.")
    }

    /// It has made progress, and gets its time anew.
    func renewProcessorTime() {
        quipu_allow_processor_seconds(process, UInt64(limits.processorSeconds))
    }

    /// Ends it and waits for that.
    func end() {
        guard process > 0 else { return }
        // After this a signal could meet another process.
        defer { process = -1 }
        kill(process, SIGKILL)
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 && errno == EINTR {}
        if self.status == nil { self.status = status }
    }

    /// Waits for the end of one that has closed its channel; a bad one may live on, and is ended.
    func waitForEnd() {
        guard process > 0, status == nil else { return }
        var status: Int32 = 0
        for _ in 0..<100 {
            let done = waitpid(process, &status, WNOHANG)
            if done == process {
                self.status = status
                process = -1
                return
            }
            if done < 0 && errno != EINTR { break }
            poll(nil, 0, 10)
        }
        end()
    }

    /// How it ended, as in "it crashed (Segmentation fault)".
    var endWords: String {
        guard let status else { return "it ended" }
        let signal = status & 0x7f
        if signal == 0 { return "it ended with code \(status >> 8 & 0xff)" }
        switch signal {
        case SIGXCPU: return "it took more than \(limits.processorSeconds) seconds of processor time"
        case SIGKILL: return "it was ended from outside, as the system does where memory runs out"
        case SIGILL, SIGTRAP, SIGABRT, SIGSEGV, SIGBUS:
            return
                "it crashed or ran out of the memory that it may use (\(String(cString: strsignal(signal))))"
        default: return "it was ended by the signal \(signal)"
        }
    }
}
