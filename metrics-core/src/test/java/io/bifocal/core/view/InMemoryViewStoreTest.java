package io.bifocal.core.view;

class InMemoryViewStoreTest extends ViewStoreContract {
    private final ViewStore store = new InMemoryViewStore();

    @Override
    protected ViewStore store() {
        return store;
    }
}
