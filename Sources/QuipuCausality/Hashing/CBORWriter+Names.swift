public import QuipuCBOR

extension CBORWriter {
    public mutating func identifier(_ value: some Identifier16) { bytes16(value.rawValue) }

    public mutating func hash(_ value: some Hash32) { bytes32(high: value.high, low: value.low) }
}
