using System.Diagnostics;

namespace Portal.Infrastructure.Database;

/// <summary>Runs a program to its end.</summary>
internal static class ChildProgram
{
    /// <summary>Runs <paramref name="file"/>, as another user where one is named, and returns its exit code and all it wrote.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(
        string file, IEnumerable<string> arguments, string? user, CancellationToken ct)
    {
        // The folder Portal was started in may be closed to that user.
        var start = new ProcessStartInfo(file, arguments)
        {
            WorkingDirectory = "/", RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true
        };
        if (user is not null)
            start.UserName = user;

        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(ct);
        var errors = process.StandardError.ReadToEndAsync(ct);
        try
        {
            await process.WaitForExitAsync(ct);
            return (process.ExitCode, (await output + await errors).Trim());
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }
}
