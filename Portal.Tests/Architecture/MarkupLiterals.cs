using System.Reflection;
using System.Reflection.Emit;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;

namespace Portal.Tests.Architecture;

/// <summary>
/// Words a component writes without asking the texts. Read from the compiled components, where markup, content and
/// attributes are calls of <see cref="RenderTreeBuilder"/> with their literals beside them: nothing has to guess at Razor.
/// </summary>
internal static class MarkupLiterals
{
    private static readonly string[] VisibleAttributes = ["title", "placeholder", "alt", "label", "text", "aria-label", "aria-description", "aria-valuetext", "summary"];
    // The product's name is the same in every language.
    private static readonly string[] SameEverywhere = ["Portal"];
    private static readonly Dictionary<short, OpCode> OpCodesByValue = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value);
    private static readonly HtmlParser Html = new();

    /// <summary>The literal words of every component among the types, as <c>Component: words</c>.</summary>
    public static IEnumerable<string> In(IEnumerable<Type> types) =>
        from type in types
        where Component(type) is not null
        from method in type.GetMethods(BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
        from words in In(method)
        select $"{Component(type)!.Name}: {words}";

    // Lambdas live in nested types of their component.
    private static Type? Component(Type? type) =>
        type is null || typeof(IComponent).IsAssignableFrom(type) ? type : Component(type.DeclaringType);

    private static IEnumerable<string> In(MethodInfo method)
    {
        var literals = new List<string>();
        var isIcon = false;
        foreach (var (literal, called) in Instructions(method))
        {
            if (literal is not null)
            {
                literals.Add(literal);
                continue;
            }
            if (called?.DeclaringType != typeof(RenderTreeBuilder))
            {
                // A literal that went into a call was not written as it stands, unless the call only checks its type.
                if (called is not null && called.Name != "TypeCheck")
                    literals.Clear();
                continue;
            }
            foreach (var words in (called.Name, literals) switch
            {
                (nameof(RenderTreeBuilder.AddMarkupContent), [.., var markup]) => InMarkup(markup),
                (nameof(RenderTreeBuilder.AddContent), [.., var content]) when !isIcon => [content],
                (nameof(RenderTreeBuilder.AddAttribute) or nameof(RenderTreeBuilder.AddComponentParameter), [.., var name, var value]) when IsVisible(name) => [value],
                _ => Enumerable.Empty<string>()
            })
                if (HasWords(words))
                    yield return words.Trim();

            isIcon = called.Name switch
            {
                nameof(RenderTreeBuilder.AddAttribute) when literals is [.., "class", var classes] => classes.Split(' ').Contains("rzi"),
                nameof(RenderTreeBuilder.OpenElement) or nameof(RenderTreeBuilder.CloseElement) => false,
                _ => isIcon
            };
            literals.Clear();
        }
    }

    private static IEnumerable<string> InMarkup(string markup)
    {
        var body = Html.ParseDocument("").Body!;
        foreach (var root in Html.ParseFragment(markup, body))
            foreach (var node in root.GetDescendantsAndSelf())
            {
                if (node is IText { ParentElement: var parent } text && !IsNoLanguage(parent))
                    yield return text.Data;
                if (node is IElement element)
                    foreach (var attribute in element.Attributes.Where(attribute => IsVisible(attribute.Name)))
                        yield return attribute.Value;
            }
    }

    // Icons are drawn from their names, keys are printed on keyboards.
    private static bool IsNoLanguage(IElement? element) =>
        element is not null && (element.ClassList.Contains("rzi") || element.LocalName is "kbd" or "style" or "script" || IsNoLanguage(element.ParentElement));

    private static bool IsVisible(string attribute) => VisibleAttributes.Contains(attribute, StringComparer.OrdinalIgnoreCase);

    private static bool HasWords(string text) => text.Any(char.IsLetter) && !SameEverywhere.Contains(text.Trim(' ', '·'));

    /// <summary>The literals loaded and methods called by a method, in order.</summary>
    private static IEnumerable<(string? Literal, MethodBase? Called)> Instructions(MethodInfo method)
    {
        if (method.GetMethodBody()?.GetILAsByteArray() is not { } il)
            yield break;
        for (var at = 0; at < il.Length;)
        {
            var value = il[at] == 0xFE ? unchecked((short)(0xFE00 | il[at + 1])) : il[at];
            var code = OpCodesByValue[value];
            at += code.Size;
            if (code == OpCodes.Ldstr)
                yield return (method.Module.ResolveString(BitConverter.ToInt32(il, at)), null);
            else if (code.OperandType == OperandType.InlineMethod)
                yield return (null, method.Module.ResolveMethod(BitConverter.ToInt32(il, at),
                    method.DeclaringType!.GetGenericArguments(), method.IsGenericMethod ? method.GetGenericArguments() : null));
            at += code.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + 4 * BitConverter.ToInt32(il, at),
                _ => 4
            };
        }
    }
}
