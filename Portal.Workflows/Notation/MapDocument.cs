using System.Security.Cryptography;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using Portal.Domain.Shared;

namespace Portal.Workflows.Notation;

/// <summary>
/// A BPMN 2.0 file as it came: whatever Portal does not know (foreign extensions, diagrams, comments) stays where it was,
/// so what is read and written again is the same document. Reading is safe against hostile files.
/// </summary>
public sealed class MapDocument
{
    /// <summary>Largest file that is read, in bytes.</summary>
    public const int MaxBytes = 10 * 1024 * 1024;

    /// <summary>Deepest nesting of elements that is read.</summary>
    public const int MaxDepth = 128;

    // older modelers save in the code page of their country, which the XML declaration names
    static MapDocument() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    private MapDocument(XDocument xml) => Xml = xml;

    /// <summary>The document itself; edits happen in place.</summary>
    public XDocument Xml { get; }

    /// <summary>Reads a file.</summary>
    /// <exception cref="RuleBrokenException">
    /// <c>map.too-large</c>, <c>map.too-deep</c>, <c>map.not-xml</c> (line, column), <c>map.document-type</c>, <c>map.not-bpmn</c>
    /// </exception>
    public static MapDocument Read(Stream stream)
    {
        using var buffer = new MemoryStream();
        var chunk = new byte[81920];
        for (int read; (read = stream.Read(chunk, 0, chunk.Length)) > 0;)
        {
            buffer.Write(chunk, 0, read);
            if (buffer.Length > MaxBytes) throw new RuleBrokenException("map.too-large", MaxBytes / 1024 / 1024);
        }
        return Read(buffer.ToArray());
    }

    /// <summary>Reads a text, such as the XML a designer sends.</summary>
    /// <exception cref="RuleBrokenException">as for a stream</exception>
    public static MapDocument Parse(string xml)
    {
        if (xml.Length > MaxBytes) throw new RuleBrokenException("map.too-large", MaxBytes / 1024 / 1024);
        return Load(types => XmlReader.Create(new StringReader(xml), Settings(types)));
    }

    private static MapDocument Read(byte[] bytes) => Load(types => XmlReader.Create(new MemoryStream(bytes), Settings(types)));

    private static XmlReaderSettings Settings(DtdProcessing documentTypes) => new()
    {
        DtdProcessing = documentTypes,
        XmlResolver = null,
        MaxCharactersInDocument = MaxBytes,
    };

    private static MapDocument Load(Func<DtdProcessing, XmlReader> open)
    {
        try
        {
            // The depth is looked at before a tree is built, for a tree of any depth costs memory first.
            using (var glance = open(DtdProcessing.Prohibit))
                while (glance.Read())
                    if (glance.Depth > MaxDepth) throw new RuleBrokenException("map.too-deep", MaxDepth);
            using var reader = open(DtdProcessing.Prohibit);
            var xml = XDocument.Load(reader, LoadOptions.PreserveWhitespace);
            return xml.Root?.Name == BpmnXml.Model + "definitions"
                ? new MapDocument(xml)
                : throw new RuleBrokenException("map.not-bpmn", xml.Root?.Name.LocalName);
        }
        catch (XmlException e)
        {
            throw e.LineNumber == 0 && HasRoot(open) ? new RuleBrokenException("map.document-type") : new RuleBrokenException("map.not-xml", e.LineNumber, e.LinePosition);
        }
    }

    /// <summary>True where an element follows, whatever is declared before it: what was refused without a place is then the document type.</summary>
    private static bool HasRoot(Func<DtdProcessing, XmlReader> open)
    {
        try
        {
            using var reader = open(DtdProcessing.Ignore);
            return reader.MoveToContent() == XmlNodeType.Element;
        }
        catch (XmlException)
        {
            return false;
        }
    }

    /// <summary>Writes the document as UTF-8.</summary>
    public void Write(Stream stream)
    {
        using var writer = XmlWriter.Create(stream, new XmlWriterSettings
        {
            Encoding = new UTF8Encoding(false),
            NewLineHandling = NewLineHandling.Entitize,
        });
        Xml.Save(writer);
    }

    /// <summary>The document as text.</summary>
    public override string ToString()
    {
        using var stream = new MemoryStream();
        Write(stream);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    /// <summary>SHA-256 of the canonical form in lower-case hex: equal for files that differ in layout only.</summary>
    public string Hash() => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(CanonicalXml.Of(Xml.Root!))));

    /// <summary>The typed map.</summary>
    /// <param name="takesFormFields">see <see cref="ProcessMap.TakesFormFields"/></param>
    public RouteMap ToMap(bool takesFormFields = false) => MapReader.Read(this, takesFormFields);

    /// <summary>The BPMN elements by id, such as <c>userTask</c>; of several with one id the first.</summary>
    public IReadOnlyDictionary<string, string> Kinds => Xml.Root!.Descendants().Where(e => e.Name.Namespace == BpmnXml.Model && e.Attribute("id") is not null)
        .DistinctBy(e => e.Attribute("id")!.Value).ToDictionary(e => e.Attribute("id")!.Value, e => e.Name.LocalName);

    /// <summary>The element of that id.</summary>
    /// <exception cref="RuleBrokenException"><c>map.no-element</c></exception>
    public XElement Element(string id) =>
        Xml.Root!.DescendantsAndSelf().FirstOrDefault(e => e.Name.Namespace == BpmnXml.Model && e.Attribute("id")?.Value == id)
        ?? throw new RuleBrokenException("map.no-element", id);

    /// <summary>Gives a process another id, with what refers to it: its pool and its drawing.</summary>
    /// <exception cref="RuleBrokenException"><c>map.no-element</c>, <c>map.key-in-file</c> where another element of the file has that id</exception>
    public void Rename(string process, string id)
    {
        if (process == id) return;
        if (Xml.Root!.DescendantsAndSelf().Any(e => e.Attribute("id")?.Value == id)) throw new RuleBrokenException("map.key-in-file", id);
        Element(process).SetAttributeValue("id", id);
        foreach (var reference in Xml.Root.Descendants().SelectMany(e => e.Attributes()).Where(a => a.Name.LocalName is "processRef" or "bpmnElement" && BpmnXml.Local(a.Value) == process).ToList())
            reference.Value = reference.Value[..^process.Length] + id;
    }

    /// <summary>Puts one of Portal's extension elements on an element, in place of those of the same name; null takes it away.</summary>
    public void SetExtension(string id, string name, XElement? extension)
    {
        var element = Element(id);
        var holder = element.Child("extensionElements");
        holder?.Elements(BpmnXml.Portal + name).Remove();
        if (extension is not null)
        {
            if (holder is null)
            {
                holder = new XElement(BpmnXml.Model + "extensionElements");
                // The schema wants documentation first, then extensions.
                if (element.Elements(BpmnXml.Model + "documentation").LastOrDefault() is { } documentation) documentation.AddAfterSelf(holder);
                else element.AddFirst(holder);
            }
            holder.Add(extension);
        }
        else if (holder is not null && !holder.HasElements) holder.Remove();
    }
}
