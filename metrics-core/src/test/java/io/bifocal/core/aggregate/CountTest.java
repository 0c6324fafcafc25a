package io.bifocal.core.aggregate;

import io.bifocal.core.model.ValueType;

class CountTest extends TypedLaws {
    CountTest() {
        super("count", ValueType.STRING, values -> (long) values.size());
    }

    @Override
    protected Object resultOfNothing() {
        return 0L;
    }
}
