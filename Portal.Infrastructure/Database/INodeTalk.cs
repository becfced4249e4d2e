using System.Text;

namespace Portal.Infrastructure.Database;

/// <summary>What one part of the product tells its like on the other nodes; <see cref="NodeLink"/> carries it.</summary>
internal interface INodeTalk
{
    /// <summary>Name of the talk, the same on every node.</summary>
    string Topic { get; }

    /// <summary>What there is to tell since the last call, in bodies of at most <see cref="NodeLink.BodyBytes"/> bytes. Asked several times a second, also while nobody listens.</summary>
    IEnumerable<string> Say();

    /// <summary>Takes what another node said.</summary>
    void Hear(string body);

    /// <summary>Somebody may have missed something: the next <see cref="Say"/> makes up for it.</summary>
    void Repeat();
}

/// <summary>Packing many small pieces into few messages.</summary>
internal static class NodeBodies
{
    /// <summary>Lines joined into bodies, each as long as a message carries.</summary>
    public static IEnumerable<string> Pack(IEnumerable<string> lines)
    {
        var body = new StringBuilder();
        var bytes = 0;
        foreach (var line in lines)
        {
            var more = Encoding.UTF8.GetByteCount(line) + 1;
            if (bytes > 0 && bytes + more > NodeLink.BodyBytes)
            {
                yield return body.ToString();
                body.Clear();
                bytes = 0;
            }
            body.Append(line).Append('\n');
            bytes += more;
        }
        if (bytes > 0) yield return body.ToString();
    }

    /// <summary>The lines of a body.</summary>
    public static IEnumerable<string> Unpack(string body) => body.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
