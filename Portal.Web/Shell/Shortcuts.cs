namespace Portal.Web.Shell;

/// <summary>
/// A key and what it does. Keys are written as <c>aria-keyshortcuts</c> does: <c>N</c>, <c>Shift+A</c>, <c>Control+K</c>, <c>ArrowDown</c>.
/// A shortcut without a modifier is off while the user types, and everywhere when he turned single keys off.
/// </summary>
/// <param name="LeadsToField">What is typed after it goes into the field that it opens, also while that is on its way.</param>
public sealed record Shortcut(string Keys, string TextKey, Func<Task> Run, bool LeadsToField = false);

/// <summary>The shortcuts and palette commands of the page now open; a page registers its own and disposes them with itself.</summary>
public sealed class Shortcuts
{
    private readonly List<Shortcut> active = [];

    /// <summary>Called when the list changes; set by the layout.</summary>
    public Action? Changed { get; set; }

    /// <summary>All that work now; a later registration of the same keys comes first.</summary>
    public IReadOnlyList<Shortcut> Active => active;

    /// <summary>Registers shortcuts until disposed.</summary>
    public IDisposable Use(params Shortcut[] shortcuts)
    {
        active.AddRange(shortcuts);
        Changed?.Invoke();
        return new Registration(() =>
        {
            foreach (var shortcut in shortcuts) active.Remove(shortcut);
            Changed?.Invoke();
        });
    }

    /// <summary>Runs the newest shortcut with these keys; false when there is none.</summary>
    public async Task<bool> RunAsync(string keys)
    {
        if (active.LastOrDefault(s => s.Keys.Equals(keys, StringComparison.OrdinalIgnoreCase)) is not { } shortcut) return false;
        await shortcut.Run();
        return true;
    }

    private sealed class Registration(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
