namespace Portal.Web.Shell;

/// <summary>What may stand behind the program's name, in the form the configuration reads. A word that nobody reads is refused: it is a slip that would go unseen.</summary>
internal static class StartArguments
{
    private static readonly string[] Settings = ["data", "demo", "urls", "http_ports", "contentRoot", "environment", "Https", "PORTAL_DATA", "PORTAL_DATABASE"];

    /// <summary>Each as <c>--name=value</c>; <c>--port N</c> and <c>--no-demo</c> under the names of their settings, those of a section such as <c>--Map:TileUrl</c> as they are.</summary>
    /// <exception cref="FormatException">A word that is no setting, a setting without a value, a value that is none of its own.</exception>
    public static string[] Read(string[] args)
    {
        var read = new List<string>();
        for (var i = 0; i < args.Length; i++)
        {
            var (name, value) = args[i].Split('=', 2) is [var before, var after] ? (before, after) : (args[i], null);
            if (name == "--no-demo")
            {
                read.Add("--demo=false");
                continue;
            }
            var setting = name.StartsWith("--", StringComparison.Ordinal) ? name[2..] : "";
            if (setting != "port" && !setting.Contains(':') && !Settings.Contains(setting, StringComparer.OrdinalIgnoreCase)) throw new FormatException($"Unknown: {args[i]}");
            value ??= i + 1 < args.Length ? args[++i] : throw new FormatException($"{name} needs a value.");
            if (setting == "demo" && !bool.TryParse(value, out _)) throw new FormatException($"--demo is true or false, not {value}.");
            read.Add(setting == "port" ? $"--urls=http://127.0.0.1:{value}" : $"{name}={value}");
        }
        return [.. read];
    }
}
