using System.Globalization;
using System.Runtime.CompilerServices;
using System.Xml;
using Portal.Domain.Shared;

namespace Portal.Infrastructure.Imports;

/// <summary>
/// GPX 1.0 and 1.1 tracks as a table, one row per track point, numbered from 1. A track is named by its <c>name</c>, else by the file.
/// Speed stands in m/s there and is given in km/h here; course in degrees. A file that breaks off after whole points gives them, and then says where.
/// </summary>
public sealed class GpxFormat : ISourceFormat
{
    private static readonly string[] Header = ["vehicle", "time", "latitude", "longitude", "altitude", "speed", "heading"];

    /// <inheritdoc/>
    public bool Recognises(ReadOnlySpan<byte> start) => start.IndexOf("<gpx"u8) >= 0;

    /// <inheritdoc/>
    public Task<SourceTable> OpenAsync(SourceFile file, CancellationToken ct) => 
        Task.FromResult(new SourceTable(Header, Rows(file, ct)) { Kind = "tracks" });

    private static async IAsyncEnumerable<SourceRow> Rows(SourceFile file, [EnumeratorCancellation] CancellationToken ct)
    {
        var settings = new XmlReaderSettings { Async = true, CloseInput = true, DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, IgnoreComments = true };
        using var xml = XmlReader.Create(file.Open(), settings);
        var track = file.Stem;
        string[]? point = null;
        var (points, element) = (0, "");
        while (true)
        {
            var (more, brokenAt) = await ReadAsync(xml, points, file, ct);
            if (brokenAt is { } line) yield return new SourceRow(points + 1, [track, "", "", "", "", "", ""], new("breaks-off", $"{line}"));
            if (!more) yield break;
            switch (xml.NodeType)
            {
                case XmlNodeType.Element when xml.LocalName == "trk":
                    track = file.Stem;
                    break;
                case XmlNodeType.Element when xml.LocalName == "trkpt":
                    point = [track, "", xml.GetAttribute("lat") ?? "", xml.GetAttribute("lon") ?? "", "", "", ""];
                    if (!xml.IsEmptyElement) break;
                    yield return new SourceRow(++points, point);
                    point = null;
                    break;
                case XmlNodeType.Element:
                    element = xml.LocalName;
                    break;
                case XmlNodeType.Text when point is not null:
                    Take(point, element, xml.Value);
                    break;
                case XmlNodeType.Text when element == "name" && xml.Depth == 3:
                    track = xml.Value;
                    break;
                case XmlNodeType.EndElement when xml.LocalName == "trkpt" && point is not null:
                    yield return new SourceRow(++points, point);
                    point = null;
                    break;
                case XmlNodeType.EndElement:
                    element = "";
                    break;
            }
        }
    }

    private static void Take(string[] point, string element, string value)
    {
        switch (element)
        {
            case "time": point[1] = value; break;
            case "ele": point[4] = value; break;
            case "speed": point[5] = Kmh(value); break;
            case "course": point[6] = value; break;
        }
    }

    private static string Kmh(string metresPerSecond) =>
        FieldValues.TryNumber(metresPerSecond, out var speed) ? (speed * 3.6).ToString("R", CultureInfo.InvariantCulture) : metresPerSecond;

    // Beyond the line it gives, the file cannot be read; before any whole point there is nothing to give.
    private static async Task<(bool More, int? BrokenAt)> ReadAsync(XmlReader xml, int points, SourceFile file, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        try
        {
            return (await xml.ReadAsync(), null);
        }
        catch (XmlException e) when (points > 0)
        {
            return (false, e.LineNumber);
        }
        // The reader refuses a document type without saying where it stands: before the root, which was found in the first bytes.
        catch (XmlException e) when (e.LineNumber == 0)
        {
            var start = await file.StartAsync(ct);
            throw new RuleBrokenException("import.document-type", file.FileName, 1 + start.AsSpan(..Math.Max(0, start.AsSpan().IndexOf("<!DOCTYPE"u8))).Count((byte)'\n'));
        }
        catch (XmlException e)
        {
            throw new RuleBrokenException("import.broken-at-line", file.FileName, e.LineNumber);
        }
    }
}
