using System.Text;
using System.Xml.Linq;

namespace Portal.Workflows.Notation;

/// <summary>
/// One text per document content: names by namespace, attributes in order, no prefixes, no white space that only lays out.
/// Two documents say the same exactly when their canonical texts are equal.
/// </summary>
public static class CanonicalXml
{
    /// <summary>The canonical text of an element and all below it.</summary>
    /// <param name="element">the element</param>
    /// <param name="without">child elements that are left out at the first level</param>
    public static string Of(XElement element, Func<XElement, bool>? without = null)
    {
        var text = new StringBuilder();
        Append(text, element, without);
        return text.ToString();
    }

    private static void Append(StringBuilder text, XElement element, Func<XElement, bool>? without)
    {
        text.Append('<').Append(element.Name);
        foreach (var attribute in element.Attributes().Where(a => !a.IsNamespaceDeclaration).OrderBy(a => a.Name.ToString(), StringComparer.Ordinal))
            text.Append(' ').Append(attribute.Name).Append("=\"").Append(Escaped(attribute.Value)).Append('"');
        text.Append('>');
        // Adjacent pieces of text, CDATA among them, are one text.
        var pending = new StringBuilder();
        foreach (var node in element.Nodes())
        {
            if (node is XText piece)
            {
                pending.Append(piece.Value);
                continue;
            }
            Flush(text, pending);
            if (node is XElement child && without?.Invoke(child) != true) Append(text, child, null);
            else if (node is XComment comment) text.Append("<!--").Append(comment.Value).Append("-->");
            else if (node is XProcessingInstruction instruction) text.Append("<?").Append(instruction.Target).Append(' ').Append(instruction.Data).Append("?>");
        }
        Flush(text, pending);
        text.Append("</>");
    }

    private static void Flush(StringBuilder text, StringBuilder pending)
    {
        var piece = pending.ToString();
        pending.Clear();
        if (!string.IsNullOrWhiteSpace(piece)) text.Append(Escaped(piece));
    }

    private static string Escaped(string value) => value.Replace("&", "&amp;").Replace("<", "&lt;").Replace("\"", "&quot;");
}
