export function Icon({ name }: { name: string }): React.ReactNode {
  return (
    <svg className="icon" aria-hidden="true">
      <use href={`${import.meta.env.BASE_URL}icons.svg#${name}`} />
    </svg>
  );
}
