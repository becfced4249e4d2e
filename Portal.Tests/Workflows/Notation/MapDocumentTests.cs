using System.Text;
using System.Xml.Linq;
using Portal.Domain.Shared;
using Portal.Tests.Workflows.Engine;
using Portal.Workflows.Notation;

namespace Portal.Tests.Workflows.Notation;

/// <summary>Reading and writing BPMN files, hostile ones among them.</summary>
public sealed class MapDocumentTests
{
    private static string Refusal(string xml) => Assert.Throws<RuleBrokenException>(() => MapDocument.Parse(xml)).Code;

    [Fact]
    public void Read_OfAnOlderCodePage_TakesItsLetters()
    {
        var file = Bpmn.File("""<startEvent id="s" name="Заявка"/>""");
        var bytes = System.Text.CodePagesEncodingProvider.Instance.GetEncoding(1251)!.GetBytes($"""<?xml version="1.0" encoding="windows-1251"?>{file[(file.StartsWith("<?") ? file.IndexOf("?>", StringComparison.Ordinal) + 2 : 0)..]}""");

        Assert.Contains("Заявка", MapDocument.Read(new MemoryStream(bytes)).ToString());
    }

    [Fact]
    public void Read_EntityExpansion_IsRefused()
    {
        var bomb = """<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">&b;</definitions>""";
        Assert.Equal("map.document-type", Refusal(bomb));
    }

    [Fact]
    public void Read_ExternalEntity_IsRefused() =>
        Assert.Equal("map.document-type", Refusal("""<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/hostname">]><d>&x;</d>"""));

    [Fact]
    public void Read_DocumentType_IsRefusedByName() =>
        Assert.Equal("map.document-type", Refusal("<!DOCTYPE definitions>" + Bpmn.File("<task id='t'/>").Split("?>").Last()));

    [Fact]
    public void Read_MoreThan10Megabytes_IsRefused()
    {
        var huge = new MemoryStream(Encoding.UTF8.GetBytes(Bpmn.File($"<task id='t' name='{new string('x', MapDocument.MaxBytes)}'/>")));
        Assert.Equal("map.too-large", Assert.Throws<RuleBrokenException>(() => MapDocument.Read(huge)).Code);
        Assert.Equal("map.too-large", Refusal(new string(' ', MapDocument.MaxBytes + 1)));
    }

    [Fact]
    public void Read_JustBelow10Megabytes_IsRead()
    {
        var big = new MemoryStream(Encoding.UTF8.GetBytes(Bpmn.File($"<task id='t' name='{new string('x', MapDocument.MaxBytes - 2000)}'/>")));
        Assert.Single(MapDocument.Read(big).ToMap().Process.Nodes);
    }

    [Fact]
    public void Read_DeepNesting_IsRefused()
    {
        var deep = string.Concat(Enumerable.Range(0, 50_000).Select(i => $"<subProcess id='s{i}'>")) + string.Concat(Enumerable.Repeat("</subProcess>", 50_000));
        Assert.Equal("map.too-deep", Refusal(Bpmn.File(deep)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("no xml at all")]
    [InlineData("<definitions")]
    [InlineData("\0\0\0")]
    public void Read_NoXml_IsRefusedWithItsPlace(string text)
    {
        var refusal = Assert.Throws<RuleBrokenException>(() => MapDocument.Parse(text));
        Assert.Equal("map.not-xml", refusal.Code);
        Assert.Equal(2, refusal.Args.Count);
    }

    [Fact]
    public void Read_OtherXml_IsRefused() => Assert.Equal("map.not-bpmn", Refusal("<html><script>alert(1)</script></html>"));

    [Fact]
    public void RoundTrip_KeepsForeignExtensionsCommentsAndLineBreaksInNames()
    {
        var xml = Bpmn.File("""
            <!-- drawn by hand --><userTask id="t" name="Two&#10;lines" xmlns:other="urn:other" other:colour="red">
              <extensionElements><other:data><![CDATA[a < b]]></other:data></extensionElements>
            </userTask>
            """);
        var document = MapDocument.Parse(xml);
        document.ToMap();
        Assert.Equal(CanonicalXml.Of(XDocument.Parse(xml).Root!), CanonicalXml.Of(XDocument.Parse(document.ToString()).Root!));
        Assert.Contains("other:colour", document.ToString());
    }

    [Fact]
    public void Canonical_ForgetsPrefixesOrderAndLayout_ButNotContent()
    {
        string Of(string xml) => CanonicalXml.Of(XElement.Parse(xml, LoadOptions.PreserveWhitespace));
        Assert.Equal(Of("<a:x xmlns:a='u' p='1' q='2'><a:y/></a:x>"), Of("<x xmlns='u' q='2' p='1'>\n  <y></y>\n</x>"));
        Assert.NotEqual(Of("<x><y/></x>"), Of("<x><y>text</y></x>"));
        Assert.NotEqual(Of("<x p='1'/>"), Of("<x p='2'/>"));
        Assert.NotEqual(Of("<x xmlns='u'/>"), Of("<x xmlns='v'/>"));
    }

    [Fact]
    public void Element_Unknown_IsRefused() =>
        Assert.Equal("map.no-element", Assert.Throws<RuleBrokenException>(() => MapDocument.Parse(Bpmn.File("")).Element("nobody")).Code);

    [Fact]
    public void SetExtension_StandsAfterTheDocumentation()
    {
        var document = MapDocument.Parse(Bpmn.File("<userTask id='t'><documentation>why</documentation></userTask>"));
        document.SetExtension("t", "instruction", new XElement(BpmnXml.Portal + "instruction", "how"));
        Assert.Equal(["documentation", "extensionElements"], document.Element("t").Elements().Select(e => e.Name.LocalName));
        Assert.Equal("how", document.ToMap().Process.Node("t").Work.Instruction!.Default);
    }
}
