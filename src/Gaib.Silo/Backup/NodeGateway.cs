using System.Globalization;
using System.Net;
using System.Security.Cryptography;

namespace Gaib.Silo.Backup;

/// <summary>
/// Where a running node takes orders from its own machine: the file <c>.gateway</c> in its data directory, which only the node's user can
/// read. It is there while the node runs; one that a killed node left names a port at which nobody answers for that node's secret.
/// </summary>
/// <param name="Port">The port of the gateway on the loopback.</param>
/// <param name="Secret">Whoever knows it can read the data directory.</param>
public sealed record NodeGateway(int Port, string Secret)
{
    private const string FileName = ".gateway";

    /// <summary>The gateway's address.</summary>
    public IPEndPoint Address => new(IPAddress.Loopback, Port);

    /// <summary>A gateway with a secret of its own.</summary>
    public static NodeGateway At(int port) => new(port, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)));

    /// <summary>What a data directory says; null where it says nothing that can be read.</summary>
    public static NodeGateway? Find(string directory)
    {
        try
        {
            return File.ReadAllText(Path.Combine(directory, FileName)).Trim().Split(' ') is [var port, var secret]
                && int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && number is > 0 and <= IPEndPoint.MaxPort
                ? new NodeGateway(number, secret)
                : null;
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Says it in a data directory.</summary>
    public void Write(string directory)
    {
        // Made for its user alone before anything stands in it, and renamed into place so that it is whole.
        var path = Path.Combine(directory, FileName);
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        File.Delete(path + ".new");
        using (var file = new StreamWriter(path + ".new", options))
        {
            file.Write(string.Create(CultureInfo.InvariantCulture, $"{Port} {Secret}\n"));
        }

        File.Move(path + ".new", path, overwrite: true);
    }

    /// <summary>Takes it back.</summary>
    public static void Remove(string directory) => File.Delete(Path.Combine(directory, FileName));
}
