using System.Numerics;

namespace Gaib.Domain.Money;

/// <summary>
/// Rows found by key, kept in the order of their insertion in blocks that never move, so that a row may be held by reference. While
/// a chain of linked transfers is open it keeps the old value of every touched row, so that the chain can be taken back whole.
/// </summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TValue">The row, a mutable struct.</typeparam>
internal sealed class Table<TKey, TValue>
    where TKey : struct, IEquatable<TKey>
    where TValue : struct
{
    private const int BlockBits = 10;
    private const int BlockSize = 1 << BlockBits;

    private readonly List<TKey[]> _keys = [];
    private readonly List<TValue[]> _values = [];
    private readonly List<(int Index, TValue Old)> _undo = [];
    private int[] _slots = NewSlots(64);
    private int _countAtBegin = -1;

    public int Count { get; private set; }

    public ref TValue this[int index] => ref _values[index >> BlockBits][index & (BlockSize - 1)];

    public TKey KeyAt(int index) => _keys[index >> BlockBits][index & (BlockSize - 1)];

    public int Find(in TKey key)
    {
        var index = _slots[SlotOf(key)];
        return index;
    }

    public bool Contains(in TKey key) => Find(key) >= 0;

    /// <summary>The row of the key for reading; the default value where there is none.</summary>
    public TValue Get(in TKey key)
    {
        var index = Find(key);
        return index < 0 ? default : this[index];
    }

    /// <summary>The row of the key for writing, added if missing, its old value kept while a chain is open.</summary>
    public ref TValue Touch(in TKey key)
    {
        var slot = SlotOf(key);
        var index = _slots[slot];
        if (index < 0)
        {
            index = Add(key, slot);
        }
        else if (_countAtBegin >= 0 && index < _countAtBegin)
        {
            _undo.Add((index, this[index]));
        }

        return ref this[index];
    }

    public void Begin() => _countAtBegin = Count;

    public void Commit()
    {
        _undo.Clear();
        _countAtBegin = -1;
    }

    public void Rollback()
    {
        for (var i = _undo.Count - 1; i >= 0; i--)
        {
            this[_undo[i].Index] = _undo[i].Old;
        }

        // Rows are taken out in the reverse order of their insertion, so no later row's probe path ran over their slots.
        while (Count > _countAtBegin)
        {
            _slots[SlotOf(KeyAt(Count - 1))] = -1;
            this[--Count] = default;
        }

        Commit();
    }

    private int Add(in TKey key, int slot)
    {
        if (Count == _values.Count << BlockBits)
        {
            _keys.Add(new TKey[BlockSize]);
            _values.Add(new TValue[BlockSize]);
        }

        var index = Count++;
        _keys[index >> BlockBits][index & (BlockSize - 1)] = key;
        _slots[slot] = index;
        if (2 * Count > _slots.Length)
        {
            Grow();
        }

        return index;
    }

    private void Grow()
    {
        _slots = NewSlots(2 * _slots.Length);
        for (var i = 0; i < Count; i++)
        {
            _slots[SlotOf(KeyAt(i))] = i;
        }
    }

    private int SlotOf(in TKey key)
    {
        var mask = _slots.Length - 1;
        var slot = (int)((uint)key.GetHashCode() * 0x9E3779B1u >> (32 - BitOperations.Log2((uint)_slots.Length)));
        while (_slots[slot] >= 0 && !KeyAt(_slots[slot]).Equals(key))
        {
            slot = (slot + 1) & mask;
        }

        return slot;
    }

    private static int[] NewSlots(int size)
    {
        var slots = new int[size];
        Array.Fill(slots, -1);
        return slots;
    }
}
