using System.Collections.Concurrent;

namespace Gaib.Storage.Local;

/// <summary>
/// The files of some folders of atomic files as they all were at one moment. They are linked beforehand; at the moment, writers wait for
/// as long as it takes to link again what changed meanwhile, and reads go on.
/// </summary>
internal static class AtomicFileMoment
{
    /// <summary>Takes the moment.</summary>
    /// <param name="folders">Each folder, and an empty or new one on the same file system that takes its files.</param>
    /// <param name="atTheMoment">Called while no file of any of the folders can change; keep it short.</param>
    /// <exception cref="AtomicFileInUseException">Another process holds a folder.</exception>
    public static void Take(IReadOnlyList<(string Folder, string Links)> folders, Action atTheMoment)
    {
        var held = new List<Held>();
        try
        {
            foreach (var (folder, links) in folders.Where(pair => Directory.Exists(pair.Folder)))
            {
                held.Add(new Held(Path.GetFullPath(folder), links));
            }

            held.ForEach(folder => folder.LinkAll());
            var closed = 0;
            try
            {
                // Always in this order, and no writer holds more than one gate: nobody can wait for another in a circle.
                for (; closed < held.Count; closed++)
                {
                    held[closed].Owner.Close();
                }

                held.ForEach(folder => folder.LinkChanged());
                atTheMoment();
            }
            finally
            {
                while (closed > 0)
                {
                    held[--closed].Owner.Open();
                }
            }
        }
        finally
        {
            held.ForEach(folder => folder.Dispose());
        }
    }

    private sealed class Held : IDisposable
    {
        private readonly string _folder;
        private readonly string _links;
        private readonly ConcurrentDictionary<string, bool> _changed = new(StringComparer.Ordinal);

        public Held(string folder, string links)
        {
            (_folder, _links) = (folder, links);
            Owner = AtomicFileOwner.Acquire(folder, static () => { });
            Owner.Changed = name => _changed[name] = true;

            // Whoever was writing before it could be told has come to its end when all gates were closed once.
            Owner.Close();
            Owner.Open();
        }

        public AtomicFileOwner Owner { get; }

        public void LinkAll()
        {
            using var folder = new AtomicFileFolder(_folder, null);
            foreach (var name in folder.Names())
            {
                Link(name);
            }
        }

        public void LinkChanged()
        {
            foreach (var name in _changed.Keys)
            {
                if (PathIn(_links, name) is var link && File.Exists(link))
                {
                    File.Delete(link);
                }

                Link(name);
            }
        }

        public void Dispose()
        {
            Owner.Changed = null;
            Owner.Release();
        }

        private void Link(string name)
        {
            var link = PathIn(_links, name);
            Directory.CreateDirectory(Path.GetDirectoryName(link)!);
            try
            {
                HardLink.Make(PathIn(_folder, name), link);
            }
            catch (FileNotFoundException)
            {
                // It was removed.
            }
        }

        private static string PathIn(string root, string name) => Path.Combine(root, name[..1], name[1..2], name);
    }
}
