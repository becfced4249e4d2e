using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.CompilerServices;
using Microsoft.AspNetCore.Components.Rendering;
using Portal.Tests.Support;

namespace Portal.Tests.Architecture;

/// <summary>Every visible word comes from the texts.</summary>
public sealed class MarkupLiteralsTests
{
    [Fact]
    public void Markup_HasNoWordsOfItsOwn()
    {
        var types = typeof(Program).Assembly.GetTypes();

        Assert.Contains(types, typeof(IComponent).IsAssignableFrom);
        Check.None(MarkupLiterals.In(types));
    }

    [Fact]
    public void Check_FindsWordsHoweverTheyAreWritten()
    {
        var found = MarkupLiterals.In([typeof(Planted), .. typeof(Planted).GetNestedTypes(System.Reflection.BindingFlags.NonPublic)]);

        Assert.Equal(["Close it", "Late", "Nothing here", "Search", "Waiting"], found.Select(words => words.Split(": ")[1]).Order());
    }

    private sealed class Planted : ComponentBase
    {
        protected override void BuildRenderTree(RenderTreeBuilder builder)
        {
            builder.OpenElement(0, "p");
            builder.AddAttribute(1, "class", "wide hint");
            builder.AddAttribute(2, "title", "Close it");
            builder.AddContent(3, "Late");
            builder.CloseElement();
            builder.AddMarkupContent(4, "<div class=\"empty\"><h1>Nothing here</h1><kbd>Ctrl K</kbd> · <span class=\"rzi\">menu</span></div>");
            builder.OpenElement(5, "span");
            builder.AddAttribute(6, "class", "rzi");
            builder.AddContent(7, "menu");
            builder.CloseElement();
            builder.OpenComponent<Planted>(8);
            builder.AddComponentParameter(9, "Placeholder", RuntimeHelpers.TypeCheck("Search"));
            builder.AddComponentParameter(10, "Path", RuntimeHelpers.TypeCheck("/board"));
            builder.AddAttribute(11, "ChildContent", (RenderFragment)(inner => inner.AddContent(12, "Waiting")));
            builder.CloseComponent();
            builder.AddContent(13, string.Concat(DateTimeOffset.UnixEpoch.ToString("HH"), " : "));
            builder.AddContent(14, "Portal");
        }
    }
}
