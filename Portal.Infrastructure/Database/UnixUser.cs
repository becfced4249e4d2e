using System.Runtime.InteropServices;

namespace Portal.Infrastructure.Database;

/// <summary>An unprivileged account of this host, for PostgreSQL to run under when Portal runs as root.</summary>
internal sealed record UnixUser(string Name, uint Id, uint Group)
{
    /// <summary>The account to drop to, or null where this process is not root.</summary>
    /// <exception cref="InvalidOperationException">Root, and no suitable account exists.</exception>
    public static UnixUser? ToDropTo()
    {
        if (!Environment.IsPrivilegedProcess)
            return null;

        var users = File.ReadLines("/etc/passwd").Select(line => line.Split(':')).Where(fields => fields.Length >= 4)
            .ToDictionary(fields => fields[0], fields => new UnixUser(fields[0], uint.Parse(fields[2]), uint.Parse(fields[3])));
        return users.GetValueOrDefault("postgres") ?? users.GetValueOrDefault("nobody")
            ?? throw new InvalidOperationException("PostgreSQL does not run as root, and this host has no user \"postgres\" or \"nobody\".");
    }

    /// <summary>Refuses a folder this user cannot get to.</summary>
    /// <exception cref="InvalidOperationException">A folder above it is closed; the message names it.</exception>
    public void MustReach(string folder)
    {
        for (var parent = Directory.GetParent(folder); parent is not null; parent = parent.Parent)
            if (!parent.UnixFileMode.HasFlag(UnixFileMode.OtherExecute))
                throw new InvalidOperationException(
                    $"PostgreSQL runs as user \"{Name}\", who may not enter {parent.FullName}. Choose another folder with --data.");
    }

    /// <summary>Gives <paramref name="folder"/> to this user.</summary>
    public void Own(string folder)
    {
        if (chown(folder, Id, Group) != 0)
            throw new InvalidOperationException($"{folder} cannot be given to user \"{Name}\": error {Marshal.GetLastPInvokeError()}.");
    }

    [DllImport("libc", SetLastError = true)]
    private static extern int chown([MarshalAs(UnmanagedType.LPUTF8Str)] string path, uint owner, uint group);
}
