using Portal.Domain.Shared;

namespace Portal.Domain.Fleet;

/// <summary>Id of a <see cref="MapLayer"/>.</summary>
public readonly record struct MapLayerId(Guid Value)
{
    /// <summary>A new time-ordered id.</summary>
    public static MapLayerId New() => new(Guid.CreateVersion7());
}

/// <summary>An own layer of the map: streets, water, districts, zones. Its geometry is stored beside it.</summary>
public sealed class MapLayer
{
    private MapLayer() { }

    /// <summary>Adds a layer on top of those there are; it is shown at once.</summary>
    public MapLayer(MapLayerId id, string name, bool isOverlay, int position, DateTimeOffset now)
    {
        Id = id;
        Describe(name, isOverlay);
        Position = position;
        Shown = true;
        AddedAt = now;
    }

    public MapLayerId Id { get; private set; }
    public string Name { get; private set; } = "";
    /// <summary>Drawn over raster tiles too; a layer that is no overlay is drawn where no tiles load.</summary>
    public bool IsOverlay { get; private set; }
    /// <summary>Order of drawing, lowest first.</summary>
    public int Position { get; private set; }
    public bool Shown { get; private set; }
    /// <summary>Number of features in the file.</summary>
    public int Features { get; private set; }
    /// <summary>Size of the file as it is kept, compressed.</summary>
    public int SizeBytes { get; private set; }
    /// <summary>SHA-256 of the content in hex: browsers ask again only when it changes.</summary>
    public string Hash { get; private set; } = "";
    public DateTimeOffset AddedAt { get; private set; }
    public bool Archived { get; private set; }
    public uint Version { get; private set; }

    /// <summary>Sets the name and whether it is drawn over tiles.</summary>
    public void Describe(string name, bool isOverlay)
    {
        Name = Required.Text(name, "layer.name", 120);
        IsOverlay = isOverlay;
    }

    /// <summary>Notes what its file holds.</summary>
    public void Hold(int features, int sizeBytes, string hash)
    {
        Features = features;
        SizeBytes = sizeBytes;
        Hash = hash;
    }

    /// <summary>Shows or hides it on every map.</summary>
    public void Show(bool shown) => Shown = shown;

    /// <summary>Moves it in the order of drawing.</summary>
    public void MoveTo(int position) => Position = position;

    /// <summary>Takes it off the maps; it can be brought back.</summary>
    public void Archive() => Archived = true;

    /// <summary>Brings it back.</summary>
    public void Restore() => Archived = false;
}

/// <summary>The geometry of a layer: GeoJSON, gzip-compressed.</summary>
public sealed class MapLayerContent
{
    private MapLayerContent() { }

    /// <summary>The content of a layer.</summary>
    public MapLayerContent(MapLayerId layer, byte[] geoJsonGz)
    {
        Layer = layer;
        GeoJsonGz = geoJsonGz;
    }

    public MapLayerId Layer { get; private set; }
    public byte[] GeoJsonGz { get; private set; } = [];

    /// <summary>Puts another file in its place.</summary>
    public void Replace(byte[] geoJsonGz) => GeoJsonGz = geoJsonGz;
}
