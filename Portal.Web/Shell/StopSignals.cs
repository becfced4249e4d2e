using System.Runtime.InteropServices;

namespace Portal.Web.Shell;

/// <summary>
/// Ctrl-C and SIGTERM from the first moment on. The host listens to them only once it runs; before that, while a database is founded, the process
/// would die at once and leave its database server behind.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    /// <summary>Exit code of a program that was stopped before it ran (128 and the number of SIGINT).</summary>
    public const int Stopped = 130;

    private readonly CancellationTokenSource stop = new();
    private readonly PosixSignalRegistration[] signals;

    public StopSignals() => signals = [PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop), PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop)];

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => stop.Token;

    private void Stop(PosixSignalContext signal)
    {
        signal.Cancel = true;
        stop.Cancel();
    }

    public void Dispose()
    {
        foreach (var signal in signals) signal.Dispose();
        stop.Dispose();
    }
}
