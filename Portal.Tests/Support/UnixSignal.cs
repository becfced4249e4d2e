using System.Runtime.InteropServices;

namespace Portal.Tests.Support;

/// <summary>Signals to processes of this host.</summary>
public static class UnixSignal
{
    public const int Interrupt = 2, Kill = 9, Terminate = 15, Continue = 18, Stop = 19;
    private const int NoSuchProcess = 3;

    /// <summary>Sends a signal; fails where the process is gone.</summary>
    public static void Send(int process, int signal) =>
        Assert.True(kill(process, signal) == 0, $"Signal {signal} to {process}: error {Marshal.GetLastPInvokeError()}.");

    /// <summary>Sends a signal to each process that is still there: a server's backends come and go by themselves.</summary>
    public static void SendToAll(IEnumerable<int> processes, int signal)
    {
        foreach (var process in processes)
            Assert.True(kill(process, signal) == 0 || Marshal.GetLastPInvokeError() == NoSuchProcess, $"Signal {signal} to {process}: error {Marshal.GetLastPInvokeError()}.");
    }

    /// <summary>A process and its direct children, such as a PostgreSQL server with its backends.</summary>
    public static IReadOnlyList<int> Family(int process) =>
        [process, .. Directory.GetDirectories("/proc").Select(Path.GetFileName).Where(name => name!.All(char.IsDigit)).Select(int.Parse!)
            .Where(id => Parent(id) == process)];

    private static int? Parent(int process)
    {
        try
        {
            // pid (name) state parent …; the name may hold anything, a bracket too.
            var line = File.ReadAllText($"/proc/{process}/stat");
            return int.Parse(line[(line.LastIndexOf(')') + 4)..].Split(' ')[0]);
        }
        catch (IOException)
        {
            return null;
        }
    }

    [DllImport("libc", SetLastError = true)]
    private static extern int kill(int process, int signal);
}
