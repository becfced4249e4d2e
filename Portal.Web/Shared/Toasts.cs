namespace Portal.Web.Shared;

/// <summary>What a toast says: done, refused or failed.</summary>
public enum ToastKind { Good, Warn, Bad }

/// <summary>Where a message leads.</summary>
public sealed record ToastLink(string Address, string Text);

/// <summary>A short message; with <paramref name="Undo"/> it offers to take the action back for ten seconds.</summary>
public sealed record Toast(Guid Id, ToastKind Kind, string Text, Func<Task>? Undo, ToastLink? Link);

/// <summary>The messages of one circuit; <c>ToastHost</c> shows them.</summary>
public sealed class Toasts
{
    private readonly List<Toast> shown = [];

    /// <summary>Called on every change; set by the host.</summary>
    public Action? Changed { get; set; }

    /// <summary>The messages now, oldest first.</summary>
    public IReadOnlyList<Toast> Shown => shown;

    /// <summary>Shows a message; returns the name by which it can be removed.</summary>
    public Guid Show(ToastKind kind, string text, Func<Task>? undo = null, ToastLink? link = null)
    {
        if (shown.Count >= 5) shown.RemoveAt(0);
        var toast = new Toast(Guid.NewGuid(), kind, text, undo, link);
        shown.Add(toast);
        Changed?.Invoke();
        return toast.Id;
    }

    /// <summary>Leaves a message as it is, but offers to take nothing back any more.</summary>
    public void Settle(Guid id)
    {
        var index = shown.FindIndex(t => t.Id == id);
        if (index < 0) return;
        shown[index] = shown[index] with { Undo = null };
        Changed?.Invoke();
    }

    /// <summary>Removes a message.</summary>
    public void Remove(Guid id)
    {
        if (shown.RemoveAll(t => t.Id == id) > 0) Changed?.Invoke();
    }
}
